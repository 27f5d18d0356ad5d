/** Style: the report page's look: one quiet column that also prints well. */
import { Html } from './html.ts'

export const STYLE = new Html(`
:root { color-scheme: light dark; --ink: #1d2733; --soft: #5a6675; --line: #d9dfe6; --paper: #ffffff; --wash: #f4f6f8;
  --match: #a3352b; --unknown: #b07a12; --none: #4d7a5e; --plain: #47699a; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e9ef; --soft: #9aa7b6; --line: #35404d; --paper: #161c23;
  --wash: #1e262f; --match: #e0796e; --unknown: #d9a84a; --none: #83b596; --plain: #8aa9d6; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 2.5rem 1.5rem 4rem; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .25rem; }
h2 { font-size: 1.15rem; margin: 2.5rem 0 .75rem; padding-top: 1.25rem; border-top: 1px solid var(--line); }
p { margin: .5rem 0; max-width: 44rem; }
.soft { color: var(--soft); }
.figures {
  display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: 1rem;
  margin: 1.75rem 0 1rem; padding: 0; }
.figures div {
  background: var(--wash); border-radius: .5rem; padding: .9rem 1rem;
  border-left: 4px solid var(--plain); }
.figures dt { color: var(--soft); font-size: .9rem; }
.figures dd { margin: 0; font-size: 1.6rem; font-variant-numeric: tabular-nums; }
.figures .match { border-color: var(--match); }
.figures .unknown { border-color: var(--unknown); }
.figures .none { border-color: var(--none); }
.notice { background: var(--wash); border-radius: .5rem; padding: .75rem 1rem; max-width: none; }
table { border-collapse: collapse; width: 100%; margin: .75rem 0 1.5rem; font-size: .92rem; }
caption { text-align: left; font-weight: 600; padding-bottom: .35rem; }
th, td {
  text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0;
  border-bottom: 1px solid var(--line); overflow-wrap: break-word; }
td.path { overflow-wrap: anywhere; min-width: 14rem; }
thead th { color: var(--soft); font-weight: 500; white-space: nowrap; }
tbody th { font-weight: 400; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.bars th { width: 14rem; } .bars .number { width: 6rem; } .bars .track { vertical-align: middle; padding-right: 0; }
.bars svg { display: block; width: 100%; height: .6rem; } 
rect.match { fill: var(--match); }
rect.unknown { fill: var(--unknown); }
rect.none { fill: var(--none); }
rect.plain { fill: var(--plain); }
.facts th { width: 14rem; color: var(--soft); }
code { font: .88em ui-monospace, monospace; overflow-wrap: anywhere; }
@media print { main { max-width: none; padding: 0; } h2 { break-after: avoid; } tr { break-inside: avoid; } }
@media (max-width: 40rem) { .bars th, .facts th { width: 8rem; } }
`)
