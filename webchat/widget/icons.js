// Line drawings, made with the DOM: a page's policy may forbid everything else.

const SVG = "http://www.w3.org/2000/svg";
const LINES = {
  chat: "M4 5.5h16v11H11l-4.500 3.800V16.500H4zM8.500 11h.01M12 11h.01M15.500 11h.01",
  down: "M6 9.500l6 6 6-6",
  close: "M6 6l12 12M18 6L6 18",
  more: "M5.500 12h.01M12 12h.01M18.500 12h.01",
  attach: "M19 11l-7.500 7.500a4.600 4.600 0 0 1-6.500-6.500L12.500 4.500a3.100 3.100 0 0 1 4.400 4.400l-7.200 7.200a1.500 1.500 0 0 1-2.200-2.200L14 7.400",
  speak: "M12 4a2.800 2.800 0 0 0-2.800 2.800v4.900a2.800 2.800 0 0 0 5.600 0V6.800A2.800 2.800 0 0 0 12 4zM6.300 11.500a5.700 5.700 0 0 0 11.400 0M12 17.200V20.500",
  send: "M12 19.500V5M5.800 11.200L12 5l6.200 6.200",
};

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", LINES[name]);
  if (name === "more" || name === "chat") path.setAttribute("stroke-width", name === "more" ? "2.600" : "1.900");
  svg.append(path);
  return svg;
}
