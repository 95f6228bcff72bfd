import { randomBytes } from 'node:crypto';
import type { Origin } from '../plan/origin.js';
import type { ProbeRole } from '../recording/events.js';
import { askPaths, type ProbeAnswer } from './ask.js';
import { CANDIDATES, type Candidate } from './candidates.js';
import { normaliseBody, similarity, withoutPath } from './similarity.js';

export interface FoundEndpoint {
  path: string;
  status: number;
  sureness: 'specific' | 'generic';
}

export interface Survey {
  endpoints: Record<ProbeRole, FoundEndpoint | null>;
  /** How many paths were asked. */
  asked: number;
  /** A path for plain requests and the status it has, or null when nothing answered below 500. */
  plain: { path: string; status: number } | null;
  /** A readiness endpoint is there but is not ready yet. */
  notReadyYet: string | null;
}

interface Answered {
  path: string;
  status: number;
  html: boolean;
  text: string;
}

const MAX_BODY = 4096;
/** Above this, two bodies are the same page. */
const ALIKE = 0.9;

/**
 * Looks for the probe endpoints with harmless GETs. Random paths are asked as well: a candidate that answers like a
 * path that cannot exist, or like `/`, is a catch-all and no probe.
 */
export async function surveyEndpoints(origin: Origin, timeoutMs: number): Promise<Survey> {
  const random = () => randomBytes(6).toString('hex');
  const controls = [`/${random()}`, `/${random()}/${random()}`, `/health-${random()}`, `/api/${random()}`];
  const paths = [...controls, '/', ...CANDIDATES.map((candidate) => candidate.path)];
  const answers = await askAll(origin, paths, timeoutMs);
  const control = [...controls, '/'].flatMap((path) => answers.get(path) ?? []);
  const isProbe = (answer: Answered) =>
    !answer.html && !control.some((other) => other.status === answer.status && areAlike(other, answer));
  const known = CANDIDATES.flatMap((candidate) => {
    const answer = answers.get(candidate.path);
    return answer !== undefined && isProbe(answer) ? [{ candidate, answer }] : [];
  });
  const good = known.filter(({ answer }) => answer.status >= 200 && answer.status < 300);
  const specific = (role: ProbeRole) => good.find(({ candidate }) => candidate.role === role);
  const generic = good.find(({ candidate }) => candidate.role === null);
  const readiness = specific('readiness');
  const liveness = specific('liveness');
  return {
    asked: paths.length,
    endpoints: {
      readiness: found(readiness ?? generic),
      // A generic endpoint beside a readiness endpoint is what people use for liveness.
      liveness: found(liveness ?? (readiness === undefined ? undefined : generic)),
    },
    plain: plainPath(answers, controls[0] ?? '/'),
    notReadyYet:
      known.find(({ candidate, answer }) => candidate.role === 'readiness' && answer.status === 503)?.answer.path ??
      null,
  };
}

function found(match: { candidate: Candidate; answer: Answered } | undefined): FoundEndpoint | null {
  if (match === undefined) return null;
  const { candidate, answer } = match;
  return { path: answer.path, status: answer.status, sureness: candidate.role === null ? 'generic' : 'specific' };
}

/** The lightest thing to ask for again and again: `/`, or a path that does not exist. */
function plainPath(answers: ReadonlyMap<string, Answered>, control: string): Survey['plain'] {
  for (const path of ['/', control]) {
    const answer = answers.get(path);
    if (answer !== undefined && answer.status < 500) return { path, status: answer.status };
  }
  return null;
}

async function askAll(origin: Origin, paths: readonly string[], timeoutMs: number): Promise<Map<string, Answered>> {
  const answers = await askPaths(origin, paths, timeoutMs, MAX_BODY);
  return new Map(
    [...answers].flatMap(([path, answer]) => {
      const answered = readAnswer(path, answer);
      return answered === null ? [] : [[path, answered]];
    }),
  );
}

/** The same page, as it is or without what it may have taken from its address. */
function areAlike(a: Answered, b: Answered): boolean {
  return (
    similarity(a.text, b.text) > ALIKE || similarity(withoutPath(a.text, a.path), withoutPath(b.text, b.path)) > ALIKE
  );
}

function readAnswer(path: string, { outcome, contentType, body }: ProbeAnswer): Answered | null {
  if (outcome.kind !== 'status') return null;
  const html = /html/i.test(contentType) || /^\s*<(!doctype|html)/i.test(body);
  return { path, status: outcome.status, html, text: normaliseBody(body) };
}
