/** The page's style sheet. Colours are variables, once for light and once for dark. */

const LIGHT = `
  --bg: #fbfbfa; --panel: #ffffff; --ink: #1d2126; --quiet: #646d78; --line: #e0e2e5; --hover: #f0f3f7;
  --chosen: #d9e7fd; --pointed: #fff0b8; --accent: #0b57b8; --error: #b3261e; --warning: #855300; --note: #56616d;
  --error-bg: #fcebe9; --warning-bg: #fdf2dc; --note-bg: #eef1f4; --value: #0d5d4c; --good: #2a6ccf;`
const DARK = `
  --bg: #14171b; --panel: #1b1f24; --ink: #e3e6ea; --quiet: #98a2ae; --line: #30363d; --hover: #242a31;
  --chosen: #1f3d66; --pointed: #574a12; --accent: #85b7ff; --error: #ff8f86; --warning: #f2bb5c; --note: #a9b4c0;
  --error-bg: #40201d; --warning-bg: #3a2d14; --note-bg: #272d34; --value: #79d2ba; --good: #69a2f5;`

const BASE = `
* { box-sizing: border-box; }
html { height: 100%; }
body { margin: 0; height: 100%; background: var(--bg); color: var(--ink); font: 13.5px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
#page { height: 100%; display: flex; flex-direction: column; }
h1 { font-size: 16px; margin: 0; font-weight: 650; overflow-wrap: anywhere; }
h2 { font-size: 14px; margin: 0; font-weight: 650; }
p, ul, dl, dd, figure { margin: 0; padding: 0; }
code, pre, kbd, .hex, .tree, .grid, .label { font-family: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 12.5px; }
button, input, select { font: inherit; color: inherit; background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: 3px 9px; }
button { cursor: pointer; } button:hover { background: var(--hover); }
button.link { border: 0; background: none; padding: 0; color: var(--accent); text-align: left; } button.link:hover { text-decoration: underline; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: -2px; border-radius: 4px; }
.quiet { color: var(--quiet); font-weight: 400; } .num { text-align: right; font-variant-numeric: tabular-nums; } .error { color: var(--error); }
.mark { display: inline-block; width: 1.2em; text-align: center; font-weight: 700; }
.is-error > .mark, .is-error .found { color: var(--error); } .is-warning > .mark, .is-warning .found { color: var(--warning); } .is-note > .mark, .is-note .found { color: var(--note); }
.empty { padding: 28px; text-align: center; color: var(--quiet); }
.facts { display: flex; flex-wrap: wrap; gap: 2px 14px; overflow-wrap: anywhere; }
.count { background: var(--note-bg); border-radius: 9px; padding: 0 6px; margin-left: 6px; font-size: 11.5px; }
.chip { font-size: 12px; font-weight: 500; border-radius: 5px; padding: 1px 7px; margin-left: 9px; background: var(--error-bg); color: var(--error); }
[hidden] { display: none !important; }`

const FRAME = `
.top { display: grid; grid-template-columns: 1fr auto; gap: 2px 16px; padding: 10px 18px 0; background: var(--panel); border-bottom: 1px solid var(--line); }
.top > .facts { grid-row: 2; font-size: 12.5px; } .top > .buttons { grid-row: 1 / 3; grid-column: 2; display: flex; gap: 6px; align-items: start; }
.tabs { grid-row: 3; grid-column: 1 / 3; display: flex; gap: 2px; margin-top: 5px; }
.tabs button, .subtabs button { border: 0; border-radius: 0; background: none; padding: 6px 12px; border-bottom: 2px solid transparent; color: var(--quiet); }
.tabs button:hover, .subtabs button:hover { color: var(--ink); }
[role=tab][aria-selected=true] { color: var(--ink); border-bottom-color: var(--accent); font-weight: 600; }
main { flex: 1; min-height: 0; } .view { height: 100%; overflow: auto; } #view-exchanges, #view-sequence { overflow: hidden; }
.panel { background: var(--panel); border: 1px solid var(--line); border-radius: 9px; padding: 13px 16px; }
.panel h2 .quiet { margin-left: 8px; font-size: 12.5px; }
.summary, .findings, .latency, .groups { max-width: 1280px; margin: 0 auto; padding: 16px 18px 48px; display: grid; grid-template-columns: minmax(0, 1fr); gap: 14px; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(190px, 1fr)); gap: 12px; }
.card { background: var(--panel); border: 1px solid var(--line); border-radius: 9px; padding: 11px 15px; } .card dt { color: var(--quiet); font-size: 12.5px; }
.card b { display: block; font-size: 23px; line-height: 1.25; font-weight: 600; font-variant-numeric: tabular-nums; } .card .quiet { font-size: 12px; }
.card.is-error b { color: var(--error); } .card.is-warning b { color: var(--warning); }
.notices { list-style: none; background: var(--warning-bg); border-radius: 9px; padding: 9px 15px; }
.table { overflow-x: auto; margin-top: 7px; } table { border-collapse: collapse; width: 100%; }
th, td { padding: 3px 10px; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); } th { font-weight: 500; color: var(--quiet); white-space: nowrap; } th button.link { color: inherit; }
th[aria-sort=descending]::after { content: " ▾"; } th[aria-sort=ascending]::after { content: " ▴"; }
tbody tr:last-child td { border-bottom: 0; } tbody tr:hover { background: var(--hover); } td { overflow-wrap: break-word; } td.num, th.num { text-align: right; white-space: nowrap; }
.tools { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; padding: 8px 18px; } #filter { flex: 3 1 320px; } #search { flex: 1 1 140px; } #filter, #search { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 12.5px; padding: 4px 9px; }
input::placeholder { color: var(--quiet); opacity: 1; } [aria-invalid=true] { border-color: var(--error); }
.check { display: flex; gap: 5px; align-items: center; white-space: nowrap; } .status { min-width: 110px; text-align: right; color: var(--quiet); font-variant-numeric: tabular-nums; }
.problem { color: var(--error); padding: 0 18px 7px; } .problem:empty { display: none; }
.help { color: var(--ink); background: var(--panel); border: 1px solid var(--line); border-radius: 10px; padding: 20px 24px; max-width: 640px; } .help::backdrop { background: #0008; }
.help dl { display: grid; grid-template-columns: auto 1fr; gap: 3px 16px; margin: 8px 0 16px; } .help ul { margin: 8px 0 16px 18px; } kbd { background: var(--note-bg); border-radius: 4px; padding: 1px 6px; }`

const EXCHANGES = `
.exchanges { height: 100%; display: grid; grid-template-rows: auto auto minmax(90px, var(--list, .42fr)) 7px minmax(90px, var(--rest, .58fr)); }
.grid { overflow: auto; background: var(--panel); border-top: 1px solid var(--line); min-height: 0; grid-row: 3; } .problem { grid-row: 2; }
/* Where a row is, is counted from the list's own corner. */ .grid, .tree, .hex, .diagram { position: relative; }
.vl-spacer { position: relative; min-width: 100%; } .vl-window { position: absolute; top: 0; left: 0; right: 0; will-change: transform; }
.row { display: grid; grid-template-columns: 62px 96px 44px minmax(90px, 1.1fr) minmax(150px, 1.5fr) 26px 62px 66px 66px 68px minmax(90px, 1.4fr) minmax(110px, 1.5fr); gap: 0 11px; height: 24px; line-height: 24px; padding: 0 18px; cursor: default; min-width: 1040px; }
.row > span { overflow: hidden; text-overflow: ellipsis; white-space: pre; } .row.head { position: sticky; top: 0; z-index: 1; background: var(--panel); color: var(--quiet); border-bottom: 1px solid var(--line); font-family: system-ui, sans-serif; }
.row.head > :is(:nth-child(1), :nth-child(3), :nth-child(6), :nth-child(7), :nth-child(8), :nth-child(9), :nth-child(10)) { text-align: right; }
.row:not(.head):hover { background: var(--hover); } .row.is-error { background: var(--error-bg); } .row.is-warning { background: var(--warning-bg); } .row.chosen, .row.chosen:hover { background: var(--chosen); } .row .api { font-weight: 600; }
.splitter { grid-row: 4; cursor: row-resize; background: var(--bg); border: solid var(--line); border-width: 1px 0; touch-action: none; } .splitter:hover, .splitter:focus-visible { background: var(--chosen); }
.detail { grid-row: 5; min-height: 0; display: flex; flex-direction: column; background: var(--panel); overflow: hidden; }
.detail-head { display: grid; grid-template-columns: auto 1fr auto; gap: 2px 18px; align-items: center; padding: 3px 18px 0; border-bottom: 1px solid var(--line); }
.detail-head .facts { color: var(--quiet); font-size: 12.5px; max-height: 1.5em; overflow: hidden; } .subtabs { display: flex; } .subtabs button { padding: 5px 9px; } .subtabs .quiet { margin-left: 6px; font-size: 12px; }
.detail-findings { max-height: 38%; overflow: auto; padding: 8px 18px; display: grid; gap: 8px; border-bottom: 1px solid var(--line); flex: none; }
.finding { border-left: 3px solid var(--note); background: var(--note-bg); border-radius: 5px; padding: 6px 11px; } .finding.is-error { border-color: var(--error); background: var(--error-bg); } .finding.is-warning { border-color: var(--warning); background: var(--warning-bg); }
.finding-head { display: flex; flex-wrap: wrap; gap: 0 9px; } .finding.is-error .mark { color: var(--error); } .finding.is-warning .mark { color: var(--warning); }
.causes { list-style: none; margin-top: 3px; } .causes li { display: grid; grid-template-columns: 56px 34px auto 1fr; gap: 9px; align-items: baseline; } .score { color: var(--quiet); }
.bar { height: 7px; background: var(--line); border-radius: 4px; overflow: hidden; align-self: center; } .bar-in { display: block; height: 100%; background: var(--good); }
details summary { cursor: pointer; color: var(--accent); width: fit-content; } .entry { display: grid; gap: 6px; margin-top: 5px; max-width: 80ch; }
.detail-body { flex: 1; min-height: 0; } .frame-pane { height: 100%; display: grid; grid-template-columns: minmax(0, 1fr) auto; }
.tree, .hex { overflow: auto; height: 100%; padding: 4px 0; } .hex { border-left: 1px solid var(--line); width: min(640px, 52vw); }
.tree-row { --depth: 0; display: grid; grid-template-columns: 20px calc(var(--depth) * 15px + 15px) auto 1fr auto; height: 22px; line-height: 22px; padding-right: 12px; white-space: pre; cursor: default; }
.tree-row .caret { justify-self: end; width: 15px; color: var(--quiet); cursor: pointer; } .tree-row .name { padding-right: 14px; overflow: hidden; text-overflow: ellipsis; max-width: 34vw; }
.tree-row .value { color: var(--value); overflow: hidden; text-overflow: ellipsis; } .tree-row .type { color: var(--quiet); padding-left: 14px; font-size: 11.5px; max-width: 16vw; overflow: hidden; text-overflow: ellipsis; }
.tree-row.title .name { font-weight: 650; } .tree-row.expanded .name { font-style: italic; } .tree-row:is(.missing, .unread) :is(.name, .value) { color: var(--quiet); } .tree-row.stop .value { color: var(--error); } .tree-row.pointed { background: var(--pointed); } .tree-row.chosen { background: var(--chosen); }
.tree-row.is-error .name { color: var(--error); font-weight: 650; } .tree-row.is-warning .name { color: var(--warning); font-weight: 650; } .tree-row.quiet { padding-left: 36px; }
.hex-row { height: 22px; line-height: 22px; white-space: pre; padding: 0 14px; } .hex-row .at { color: var(--quiet); margin-right: 16px; } .digits { display: inline-block; width: 51ch; } .b { display: inline-block; } .digits .b { padding: 0 .5ch; } .digits .b.half { margin-left: 1.5ch; } .characters { margin-left: 1ch; } .characters .b { padding: 0; }
.b.dim { color: var(--quiet); } .b.is-error { background: var(--error-bg); box-shadow: inset 0 -2px var(--error); } .b.is-warning { background: var(--warning-bg); box-shadow: inset 0 -2px var(--warning); } .b.is-note { box-shadow: inset 0 -2px var(--note); }
.b.chosen { background: var(--chosen); } .b.pointed { background: var(--pointed); }
.json { height: 100%; overflow: auto; position: relative; } .json pre { margin: 0; padding: 9px 18px; } .copy { position: sticky; float: right; top: 8px; margin-right: 14px; }
@media (max-width: 900px) { .frame-pane { grid-template-columns: minmax(0, 1fr); grid-template-rows: 1fr 1fr; } .hex { width: auto; border: 0; border-top: 1px solid var(--line); } }`

const PLOTS = `
.sequence { height: 100%; display: flex; flex-direction: column; } .sequence select { max-width: min(720px, 60vw); } .sequence .facts { color: var(--quiet); }
.ends { display: grid; grid-template-columns: 1fr 1fr; margin: 0 min(7vw, 90px) 0 calc(190px - 40px); padding: 6px 0; font-weight: 650; } .ends span:last-child { text-align: right; } .ends small { display: block; font-weight: 400; color: var(--quiet); }
.diagram { flex: 1; min-height: 0; overflow: auto; border-top: 1px solid var(--line); background: var(--panel); }
.step { position: relative; height: 38px; padding: 0 min(7vw, 90px) 0 190px; } .step:hover { background: var(--hover); } .when { position: absolute; left: 18px; top: 3px; color: var(--quiet); font-variant-numeric: tabular-nums; font-size: 12.5px; line-height: 16px; } .when small { display: block; } .when .long { color: var(--ink); font-weight: 600; }
.arrow { display: block; overflow: visible; } .life { stroke: var(--line); stroke-width: 2; } .shaft { stroke: var(--quiet); stroke-width: 1.3; } .response .shaft { stroke-dasharray: 5 3; } .head { fill: var(--quiet); }
.label { position: absolute; top: 5px; left: 210px; right: min(8vw, 110px); border: 0; background: none; padding: 0; text-align: center; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; } .response .label { color: var(--quiet); } .label:hover { background: none; text-decoration: underline; } .label .mark { width: auto; }
.step.is-error .shaft, .step.has-error .shaft { stroke: var(--error); } .step.is-error .head, .step.has-error .head { fill: var(--error); } .step.is-error .label, .step.has-error .label { color: var(--error); } .step.is-warning .label { color: var(--warning); } .step.is-warning .shaft { stroke: var(--warning); }
.event { display: block; text-align: center; line-height: 28px; margin-top: 5px; border-radius: 5px; background: var(--note-bg); white-space: nowrap; overflow: hidden; text-overflow: ellipsis; padding: 0 10px; } .event.is-error { background: var(--error-bg); color: var(--error); } .event.is-warning { background: var(--warning-bg); color: var(--warning); } .event.gap { background: repeating-linear-gradient(45deg, var(--warning-bg) 0 9px, transparent 9px 18px); }
.plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(400px, 100%), 1fr)); gap: 14px; } .plot figcaption { display: flex; justify-content: space-between; align-items: baseline; gap: 12px; margin-bottom: 5px; white-space: nowrap; } .plot figcaption b { overflow: hidden; text-overflow: ellipsis; } .plot figcaption .quiet { font-size: 12px; font-variant-numeric: tabular-nums; }
.chart { width: 100%; height: auto; display: block; } .chart text { fill: var(--quiet); font-size: 11px; } .gridline { stroke: var(--line); } .chart .dot { fill: var(--good); opacity: .55; cursor: pointer; } .chart .dot:hover { opacity: 1; stroke: var(--ink); } .chart .dot.bad { fill: var(--error); opacity: .9; }
.chart .line { fill: none; stroke-width: 1.6; pointer-events: none; } .line.p50 { stroke: var(--value); } .line.p99 { stroke: var(--warning); }
.legend { display: flex; flex-wrap: wrap; align-items: center; gap: 7px; color: var(--quiet); } .legend .dot { width: 8px; height: 8px; border-radius: 50%; background: var(--good); } .legend .dot.bad { background: var(--error); } .legend > span:not(:first-child) { margin-left: 12px; } .legend .line { width: 18px; height: 3px; } .legend .line.p50 { background: var(--value); } .legend .line.p99 { background: var(--warning); }
.kind .entry { margin-top: 8px; } .life-line { display: flex; height: 22px; margin: 8px 0; border-radius: 5px; overflow: hidden; } .life-line .phase { flex: 0 1 2px; border: 0; padding: 0; border-radius: 0; min-width: 2px; } .legend .phase { display: inline-block; width: 18px; height: 10px; border-radius: 3px; } .phase.is-stable { background: var(--good); } .phase.is-joining { background: var(--warning); } .phase.is-syncing { background: var(--value); } .phase.is-empty { background: var(--line); } .phase.is-dead { background: var(--error); }
.places { list-style: none; margin-top: 10px; display: grid; gap: 3px; } .places li { display: grid; grid-template-columns: minmax(140px, auto) 1fr; gap: 14px; }`

const PRINT = `
@media print { body, #page, main, .view { height: auto; overflow: visible; display: block; } .tabs, .buttons, #view-exchanges, #view-sequence { display: none !important; } #view-summary, #view-findings, #view-groups { display: block !important; } .panel, .card { break-inside: avoid; } }
@media (prefers-reduced-motion: no-preference) { .row, .tree-row { transition: background-color 60ms; } }`

/** The whole style sheet. */
export const STYLE = `
:root { color-scheme: light; ${LIGHT} }
@media (prefers-color-scheme: dark) { :root { color-scheme: dark; ${DARK} } }
:root[data-theme=light] { color-scheme: light; ${LIGHT} }
:root[data-theme=dark] { color-scheme: dark; ${DARK} }
${BASE}${FRAME}${EXCHANGES}${PLOTS}${PRINT}
`
