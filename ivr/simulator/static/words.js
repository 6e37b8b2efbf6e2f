// The page's own words. What is heard comes from the line.

export const WORDS = {
  zh: {
    title: "电话模拟器 · Careline", other: "English", skip: "跳到正文",
    headline: "拨通智能客服热线", what: "不需要电话，也不需要 Twilio 账号：在这里拨号、按键、说话，看热线怎么听、怎么答。",
    handset: "电话", caller: "来电号码", withheld: "隐藏号码", other_number: "其他号码…", number: "号码",
    number_wrong: "请写完整的国际号码，比如 +8613012345678。", call: "拨打", hang_up: "挂断", keypad: "拨号键盘",
    idle: "未通话", ringing: "正在接通…", playing: "热线正在说话", keys_or_words: "请按键或说话", keys_only: "请按键", words_only: "请说话", waiting: "请稍候…",
    over: "通话已结束", lost: "连接断开，正在重试…", gone: "这通电话已经不在了，请重新拨打。", trouble: "没有接通：{why}",
    words: "说话（打字代替）", words_hint: "查话费余额", say: "说", listen: "语音输入", listening: "正在听…", aloud: "把热线的话读出来",
    talk: "通话内容", talk_empty: "拨打之后，热线说的每句话都会出现在这里。",
    inside: "幕后", inside_note: "每一次回调：Twilio 会发来的参数，和我们回答的 TwiML。", webhooks: "回调", twiml: "TwiML", parameters: "参数", nothing: "（空）",
    line: "热线", you: "您", pressed: "按键 {text}", ignored: "没有被听到：{text}", play: "播放录音 {text}", beep: "（嘀声后开始录音）", enqueue: "进入等候队列 {text}",
    leave: "离开队列", dial: "转接到 {text}", sms: "发送短信：{text}", reject: "拒接：{text}", hung_up: "热线挂断", you_hung_up: "您挂断了电话", error: "出错：{text}",
  },
  en: {
    title: "Phone simulator · Careline", other: "中文", skip: "Skip to content",
    headline: "Call the self-service line", what: "No phone and no Twilio account needed: dial, press keys and speak here, and watch how the line hears and answers.",
    handset: "Telephone", caller: "Calling from", withheld: "Withheld number", other_number: "Another number…", number: "Number",
    number_wrong: "Write the whole international number, such as +8613012345678.", call: "Call", hang_up: "Hang up", keypad: "Keypad",
    idle: "No call", ringing: "Connecting…", playing: "The line is speaking", keys_or_words: "Press a key or speak", keys_only: "Press a key", words_only: "Speak now", waiting: "One moment…",
    over: "The call has ended", lost: "Connection lost; trying again…", gone: "This call is no longer there. Please dial again.", trouble: "Not connected: {why}",
    words: "Speak (typed)", words_hint: "what's my balance", say: "Say", listen: "Microphone", listening: "Listening…", aloud: "Read the line aloud",
    talk: "The call", talk_empty: "Once you have dialled, every sentence of the line appears here.",
    inside: "Behind the scenes", inside_note: "Every webhook: the parameters Twilio would send, and the TwiML we answer.", webhooks: "Webhook", twiml: "TwiML", parameters: "Parameters", nothing: "(empty)",
    line: "Line", you: "You", pressed: "Key {text}", ignored: "Nobody was listening: {text}", play: "Plays a recording, {text}", beep: "(recording after the tone)", enqueue: "Waits in the queue {text}",
    leave: "Leaves the queue", dial: "Connects to {text}", sms: "Text message: {text}", reject: "Rejected: {text}", hung_up: "The line hung up", you_hung_up: "You hung up", error: "Failed: {text}",
  },
};
