// Feeds stories to xterm.js and prints what its cells show after each step; `judges.py` starts it.
const headless = require("@xterm/headless");
if (process.argv[2] === "--look") process.exit(0);

const colour = (isDefault, isRGB, value) => (isDefault ? null : isRGB ? [value >> 16, (value >> 8) & 255, value & 255] : value);
const ATTRIBUTES = {
  bold: "isBold", italic: "isItalic", faint: "isDim", blink: "isBlink", inverse: "isInverse",
  invisible: "isInvisible", strikethrough: "isStrikethrough", overline: "isOverline", underline: "isUnderline",
};

function shot(terminal) {
  const buffer = terminal.buffer.active;
  const lines = [];
  for (let y = 0; y < terminal.rows; y++) {
    const line = buffer.getLine(buffer.baseY + y);
    const cells = [];
    for (let x = 0; x < terminal.cols; x++) {
      const cell = line.getCell(x);
      const attributes = Object.keys(ATTRIBUTES).filter((name) => cell[ATTRIBUTES[name]]());
      cells.push([cell.getChars(), cell.getWidth(), attributes,
        colour(cell.isFgDefault(), cell.isFgRGB(), cell.getFgColor()),
        colour(cell.isBgDefault(), cell.isBgRGB(), cell.getBgColor())]);
    }
    lines.push(cells);
  }
  return { cursor: [buffer.cursorX, buffer.cursorY], lines };
}

async function play(story) {
  const terminal = new headless.Terminal({ cols: 80, rows: 24, scrollback: 0, allowProposedApi: true });
  const shots = [];
  for (const step of story) {
    if (Array.isArray(step)) terminal.resize(step[0], step[1]);
    else await new Promise((done) => terminal.write(step, done));
    shots.push(shot(terminal));
  }
  return shots;
}

(async () => {
  const stories = JSON.parse(require("fs").readFileSync(0, "utf8"));
  const played = [];
  for (const story of stories) played.push(await play(story));
  process.stdout.write(JSON.stringify(played));
})();
