"""150 pieces of text that try to become code or a request: every way in of our own list with every effect it could have. Nothing here may work."""

from itertools import product

TAKE = "window.taken=1"
OUTSIDE = "//outside.invalid/x"

# What would run, once something reads it as code.
EFFECTS = (TAKE, f"fetch('{OUTSIDE}')", "document.title='taken'")

# Markup that runs {code} by itself, or when it is touched, in one reader of HTML or another.
MARKUP = (
    "<script>{code}</script>",
    "<ScRiPt>{code}</sCrIpT>",
    "<scr<script>ipt>{code}</scr</script>ipt>",
    '<img src=x onerror="{code}">',
    "<img src=x onerror={code}//",
    "<img/src=x/onerror={code}>",
    '<img src="x`" onerror="{code}"`>',
    "<svg onload={code}>",
    "<svg><script>{code}</script></svg>",
    "<svg><animate onbegin={code} attributeName=x dur=1s>",
    "<svg><a xlink:href='javascript:{code}'><text y=20>here</text></a></svg>",
    "<math><mtext><mglyph><style><img src=x onerror={code}></style></mglyph></mtext></math>",
    "<body onload={code}>",
    "<iframe srcdoc='<script>parent.{code}</script>'></iframe>",
    "<iframe src='javascript:parent.{code}'></iframe>",
    "<object data='javascript:{code}'></object>",
    "<embed src='javascript:{code}'>",
    "<input autofocus onfocus={code}>",
    "<select autofocus onfocus={code}></select>",
    "<details open ontoggle={code}>",
    "<video><source onerror={code}></video>",
    "<audio src=x onerror={code}></audio>",
    "<marquee onstart={code}></marquee>",
    "<form><button formaction='javascript:{code}'>go</button></form>",
    "<a href='javascript:{code}'>here</a>",
    "<a href='java\tscript:{code}'>here</a>",
    "<meta http-equiv=refresh content='0;url=javascript:{code}'>",
    "<template><script>{code}</script></template>",
    '"><img src=x onerror="{code}">',
    "'><svg onload={code}>",
    "</textarea><script>{code}</script>",
    "</title><script>{code}</script>",
    "</style><script>{code}</script>",
    "--><script>{code}</script>",
    "]]><script>{code}</script>",
    "&lt;script&gt;{code}&lt;/script&gt;",
    "\\u003cscript\\u003e{code}\\u003c/script\\u003e",
    "\uff1cscript\uff1e{code}\uff1c/script\uff1e",
    "<\u0000script>{code}</script>",
)  # fmt: skip

# Addresses that run {code} where a link or a picture takes them as they come.
ADDRESSES = (
    "javascript:{code}",
    "JaVaScRiPt:{code}",
    " javascript:{code}",
    "java\nscript:{code}",
    "\u0001javascript:{code}",
    "javascript://%0a{code}",
    "data:text/html,<script>{code}</script>",
    "vbscript:{code}",
)

# Markup and addresses that ask somebody else for something.
REQUESTS = (
    f"<img src={OUTSIDE}>",
    f"<link rel=stylesheet href={OUTSIDE}>",
    f"<style>@import '{OUTSIDE}';</style>",
    f"<div style=\"background:url('{OUTSIDE}')\">",
    f"<base href='{OUTSIDE}/'>",
    f"https:{OUTSIDE}",
    f"{OUTSIDE}.png",
    f"https:{OUTSIDE}.png?a=1\"onerror={TAKE} x=\"",
    f"![x](https:{OUTSIDE}.png)",
)  # fmt: skip

PAYLOADS = tuple(dict.fromkeys((*(one.format(code=code) for one, code in product((*MARKUP, *ADDRESSES), EFFECTS)), *REQUESTS)))
