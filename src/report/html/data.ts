import type { Death, Stroke } from '../deaths.js';
import { escapeControls } from '../escape.js';
import type { Report, ScenarioReport, Timeline } from '../types.js';

/** What the page's script draws from: short names, since there may be thousands of exchanges. Times in milliseconds. */
export interface PageData {
  deaths: PageDeath[];
}

interface PageDeath {
  id: string;
  from: number;
  to: number;
  grace: number;
  marks: { at: number; what: string }[];
  /** Probes and the process. */
  strips: { label: string; outcome: string; spans: [from: number, to: number, state: string][] }[];
  groups: { label: string; items: PageItem[] }[];
}

/** From, to (null: open), ending, request, what else is known. */
type PageItem = [from: number, to: number | null, ending: string, request: string, note: string];

const STRIPS = ['readiness', 'liveness', 'process'];

/** What the timelines of a page hold. Without the exchanges themselves the lanes of the report stand for them. */
export function pageData(report: Report, deaths: readonly Death[] | null): PageData {
  return {
    deaths: report.scenarios.flatMap((scenario) => {
      if (scenario.timeline === null) return [];
      const death = deaths?.find((one) => one.scenario === scenario.id && one.startedAt === scenario.startedAt) ?? null;
      return [pageDeath(scenario, scenario.timeline, death, report.settings.gracePeriodMs)];
    }),
  };
}

function pageDeath(scenario: ScenarioReport, timeline: Timeline, death: Death | null, grace: number): PageDeath {
  const { fromMs, toMs, marks, lanes } = timeline;
  return {
    id: scenario.id,
    from: round(fromMs),
    to: round(toMs),
    grace,
    marks: marks.map(({ atMs, what }) => ({
      at: round(atMs),
      what: what === 'signal' ? (scenario.signal ?? 'stop') : what,
    })),
    strips: lanes
      .filter((lane) => STRIPS.includes(lane.label))
      .map(({ label, outcome, spans }) => ({
        label,
        outcome: escapeControls(outcome),
        spans: spans.map((span) => [round(span.fromMs), round(span.toMs), span.state]),
      })),
    groups: death === null ? groupsOfLanes(timeline) : groupsOf(death.exchanges),
  };
}

function groupsOf(exchanges: readonly Stroke[]): PageDeath['groups'] {
  const groups = new Map<string, PageItem[]>();
  for (const one of exchanges) {
    const items = groups.get(one.kind) ?? [];
    items.push(itemOf(one));
    groups.set(one.kind, items);
  }
  return [...groups].map(([label, items]) => ({ label, items }));
}

function itemOf({ fromMs, toMs, ending, request, status, bytes, detail }: Stroke): PageItem {
  const notes = [
    status === null ? '' : String(status),
    bytes > 0 ? `${bytes} bytes` : '',
    escapeControls(detail ?? ''),
  ];
  const note = notes.filter((word) => word !== '').join(', ');
  return [round(fromMs), toMs === null ? null : round(toMs), ending, escapeControls(request), note];
}

const POINT_ENDINGS = { served: 'answered', away: 'refused', lost: 'reset', ended: 'ended-by-tester' } as const;

function groupsOfLanes({ lanes }: Timeline): PageDeath['groups'] {
  return lanes
    .filter((lane) => !STRIPS.includes(lane.label))
    .map(({ label, spans, points }) => ({
      label,
      items: points.map(({ atMs, state }): PageItem => [
        round(spans[0]?.fromMs ?? atMs),
        round(atMs),
        POINT_ENDINGS[state],
        '',
        '',
      ]),
    }));
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}

/** JSON that may stand in a script element: nothing in it can end the element or begin a comment. */
export function scriptSafe(data: PageData): string {
  return JSON.stringify(data)
    .replace(/[<>&]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`)
    .replace(/[\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16)}`);
}
