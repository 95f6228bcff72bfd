import { formatDuration } from '../../plan/durations.js';
import type { Lane, PointState, ScenarioReport, Timeline } from '../types.js';
import { glyphs } from './marks.js';
import type { Style } from './style.js';
import { characters, clip, pad } from './text.js';

const LABEL_WIDTH = 23;
const OUTCOME_WIDTH = 24;
/** The longest name of a scenario, and room after it. */
const FOLDED_WIDTH = 15;
const DELETE = 'delete';
/** Later marks must not hide a loss: the more a mark matters, the later it is drawn. */
const POINT_ORDER: readonly PointState[] = ['ended', 'away', 'served', 'lost'];

/** The death as lanes to scale, every lane with its outcome. */
export function drawTimeline(scenario: ScenarioReport, timeline: Timeline, style: Style): string[] {
  const width = style.width - 2 - LABEL_WIDTH - OUTCOME_WIDTH - 2;
  const column = (ms: number) =>
    Math.max(
      0,
      Math.min(width - 1, Math.round(((ms - timeline.fromMs) / (timeline.toMs - timeline.fromMs)) * (width - 1))),
    );
  const axis = drawAxis(scenario, timeline, width, column);
  const lanes = timeline.lanes.map((lane) => drawLane(lane, timeline, width, column, style));
  return [`  ${style.bold(pad(scenario.id, LABEL_WIDTH))}${style.dim(axis)}`, ...lanes];
}

/** The signal's name above its line, then as many round times as there is room for. */
function drawAxis(scenario: ScenarioReport, timeline: Timeline, width: number, column: (ms: number) => number): string {
  const cells = Array.from({ length: width }, () => ' ');
  const write = (at: number, text: string) => characters(text).forEach((character, i) => (cells[at + i] = character));
  const name = scenario.signal ?? 'stop';
  write(column(0), name);
  const deleted = timeline.marks.find((mark) => mark.what === 'deleted');
  // What began before the signal is named where there is room for it.
  if (deleted !== undefined && column(deleted.atMs) + DELETE.length < column(0)) write(column(deleted.atMs), DELETE);
  const step = roundStep(timeline.toMs / Math.max(1, Math.floor(width / 12)));
  const from = column(0) + name.length + 2;
  for (let ms = step; ms <= timeline.toMs; ms += step) {
    const text = formatDuration(ms).replaceAll(' ', '');
    const at = column(ms) - Math.floor(text.length / 2);
    const free = cells.slice(at - 1, at + text.length + 1).every((cell) => cell === ' ');
    if (at >= from && at + text.length <= width && free) write(at, text);
  }
  return cells.join('').trimEnd();
}

/** The next larger of 1, 2, 5 times a power of ten. */
export function roundStep(ms: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, ms)));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= ms) ?? 10 * power;
}

/** What came before the signal is drawn in a death that began before it. */
function isDrawn(atMs: number, { fromMs, marks }: Timeline): boolean {
  return marks.some((mark) => mark.what === 'deleted') ? atMs >= fromMs : atMs > 0;
}

function drawLane(lane: Lane, timeline: Timeline, width: number, column: (ms: number) => number, style: Style): string {
  const { span, point, signal } = glyphs(style);
  const cells = Array.from({ length: width }, () => ' ');
  for (const { fromMs, toMs, state } of lane.spans) {
    for (let i = column(fromMs); i <= column(toMs); i++) cells[i] = span[state];
  }
  cells[column(0)] = signal;
  for (const state of POINT_ORDER) {
    for (const one of lane.points)
      if (one.state === state && isDrawn(one.atMs, timeline)) cells[column(one.atMs)] = point[state];
  }
  const outcome = clip(lane.outcome, OUTCOME_WIDTH, glyphs(style).ellipsis);
  return `    ${pad(clip(lane.label, LABEL_WIDTH - 3), LABEL_WIDTH - 2)}${colourLane(cells.join(''), style)}  ${lane.wrong ? style.red(outcome) : outcome}`.trimEnd();
}

/** Losses stand out, the rest keeps the colour of the terminal. */
function colourLane(cells: string, style: Style): string {
  const { lost } = glyphs(style).point;
  return cells.split(lost).join(style.red(lost));
}

/** A death in one line, for when nothing went wrong. */
export function foldTimeline(scenario: ScenarioReport, timeline: Timeline, style: Style): string {
  const { dash } = glyphs(style);
  // What began before the signal is told from its own beginning.
  const deletedMs = timeline.marks.find((mark) => mark.what === 'deleted')?.atMs ?? null;
  const steps = [...timeline.marks]
    .filter((mark) => mark.what !== 'signal' || deletedMs === null || scenario.signal !== null)
    .sort((a, b) => a.atMs - b.atMs)
    .map(({ what, atMs }) => {
      const name = what === 'signal' ? (scenario.signal ?? 'stop') : what;
      const fromMs = deletedMs ?? 0;
      return atMs === fromMs ? name : `${name} ${formatDuration(atMs - fromMs)}`;
    });
  const { signalledDuringStartMs: started } = scenario;
  const during = started === null ? '' : `${formatDuration(started)} after its start `;
  const line = `${during}${steps.join(` ${dash} `)}`;
  return `  ${style.bold(pad(scenario.id, FOLDED_WIDTH))}${style.dim(clip(line, style.width - FOLDED_WIDTH - 2, glyphs(style).ellipsis))}`;
}
