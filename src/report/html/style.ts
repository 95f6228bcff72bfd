/** The page's style sheet: light and dark by the reader's choice, one column, readable on paper. */
export const STYLE = `
:root { color-scheme: light dark;
  --bg: #fff; --fg: #1b1f24; --soft: #57606a; --line: #d0d7de; --panel: #f6f8fa;
  --good: #1a7f37; --warn: #855d00; --bad: #c4192b; --info: #0759b5;
  --c-answered: #2da44e; --c-rejected: #8250df; --c-refused: #8c959f; --c-lost: #d1242f; --c-tester: #57606a; --c-open: #bf8700;
  --p-good: #2da44e; --p-bad: #d1242f; --p-gone: #afb8c1; --p-busy: #0969da; }
@media (prefers-color-scheme: dark) { :root {
  --bg: #0d1117; --fg: #e6edf3; --soft: #9aa4af; --line: #30363d; --panel: #161b22;
  --good: #3fb950; --warn: #e3b341; --bad: #ff7b72; --info: #79c0ff;
  --c-answered: #3fb950; --c-rejected: #bc8cff; --c-refused: #6e7681; --c-lost: #ff7b72; --c-tester: #8b949e; --c-open: #e3b341;
  --p-good: #3fb950; --p-bad: #ff7b72; --p-gone: #484f58; --p-busy: #58a6ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 78rem; background: var(--bg); color: var(--fg);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.3rem; margin: 0 0 .25rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; } h3 { font-size: 1rem; margin: 1.2rem 0 .3rem; }
p { margin: .25rem 0; } code { font: .9em ui-monospace, "DejaVu Sans Mono", monospace; }
.soft { color: var(--soft); }
.verdict { display: inline-block; padding: .1rem .6rem; border: 2px solid; border-radius: .4rem; font-weight: 700; text-transform: uppercase; letter-spacing: .04em; }
.pass { color: var(--good); } .warn, .flaky { color: var(--warn); } .fail { color: var(--bad); } .inconclusive { color: var(--info); } .skip { color: var(--soft); }
ul.facts { padding: 0; margin: .5rem 0; list-style: none; display: flex; flex-wrap: wrap; gap: .1rem 1.2rem; color: var(--soft); }
ol.items { list-style: none; padding: 0; } ol.items > li { margin-top: 1rem; }
ul.checks { list-style: none; padding: 0; margin: .2rem 0; }
ul.checks > li { padding: .15rem 0 .15rem 1.6rem; position: relative; }
.mark { position: absolute; left: .2rem; font-weight: 700; }
.seen { color: var(--soft); margin-left: .35rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem .8rem; margin: .2rem 0 .5rem; padding: .4rem .7rem; background: var(--panel); border-left: 3px solid currentColor; }
dl > * { color: var(--fg); } dt { color: var(--soft); } dd { margin: 0; }
table { border-collapse: collapse; } th, td { text-align: left; padding: .2rem .8rem .2rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
.scroll { overflow-x: auto; }
.tools { display: flex; flex-wrap: wrap; gap: .4rem .9rem; align-items: center; margin: .5rem 0; }
fieldset { border: 0; padding: 0; margin: 0; display: flex; flex-wrap: wrap; gap: .2rem .9rem; } legend { float: left; margin-right: .8rem; color: var(--soft); }
label { display: inline-flex; gap: .3rem; align-items: center; } input { accent-color: var(--info); }
button { font: inherit; color: var(--fg); background: var(--panel); border: 1px solid var(--line); border-radius: .35rem; min-width: 2rem; padding: .15rem .5rem; cursor: pointer; }
.swatch { width: .8rem; height: .8rem; border-radius: .15rem; display: inline-block; }
.death { border: 1px solid var(--line); border-radius: .5rem; padding: .6rem; margin: .8rem 0; }
.death header { display: flex; flex-wrap: wrap; gap: .3rem 1rem; align-items: center; justify-content: space-between; }
.death h3 { margin: 0; }
svg { display: block; width: 100%; touch-action: pan-y; cursor: grab; border-radius: .25rem; }
svg:focus-visible, button:focus-visible, input:focus-visible, summary:focus-visible { outline: 2px solid var(--info); outline-offset: 2px; }
svg text { font: 12px system-ui, "DejaVu Sans", sans-serif; fill: var(--fg); paint-order: stroke; stroke: var(--bg); stroke-width: 4px; stroke-linejoin: round; } svg .soft { fill: var(--soft); }
svg .grid { stroke: var(--line); } svg .line { stroke: var(--fg); stroke-width: 1.5; } svg .grace { stroke: var(--bad); stroke-dasharray: 4 3; }
svg .chosen { stroke: var(--fg); stroke-width: 2; }
.e-answered { fill: var(--c-answered); background: var(--c-answered); } .e-rejected { fill: var(--c-rejected); background: var(--c-rejected); }
.e-refused { fill: var(--c-refused); background: var(--c-refused); } .e-ended-by-tester { fill: var(--c-tester); background: var(--c-tester); }
.e-short, .e-closed, .e-reset, .e-timed-out { fill: var(--c-lost); background: var(--c-lost); } .e-open { fill: var(--c-open); background: var(--c-open); }
.p-good { fill: var(--p-good); } .p-bad { fill: var(--p-bad); } .p-gone { fill: var(--p-gone); } .p-busy { fill: var(--p-busy); }
output { display: block; min-height: 3em; padding: .3rem .1rem 0; font-variant-numeric: tabular-nums; }
@media (max-width: 520px) { body { padding: .6rem; } dl { grid-template-columns: 1fr; } dt { margin-top: .2rem; } }
@media print { :root { color-scheme: light; } .tools, .death button, output, .hint { display: none; } .death, dl { break-inside: avoid; } body { max-width: none; } svg * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
`;
