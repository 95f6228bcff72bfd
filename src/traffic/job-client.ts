import type { JobId, JobsPlan } from '../plan/backends.js';
import type { Origin } from '../plan/origin.js';
import type { Ending, EventOf } from '../recording/events.js';
import { HttpConnection } from './http-connection.js';
import type { HttpRequest, KeptAnswer } from './http-message.js';
import type { JobBook } from './job-book.js';

/** An answer to a submission is not waited for longer. Milliseconds. */
const ANSWER_TIMEOUT_MS = 30_000;
/** Submitted side by side: enough to be quick, and far below any queue of connections. */
const LANES = 16;

/** How one submission went. */
export interface Submission {
  ending: Ending;
  status: number | null;
  id: string | null;
}

/** Submits jobs and enters them into the book. */
export class JobClient {
  constructor(
    private readonly origin: Origin,
    private readonly plan: JobsPlan,
    private readonly book: JobBook,
  ) {}

  /** One job on a connection of its own, which is closed after it. */
  async submit(phase: EventOf<'job-submitted'>['phase']): Promise<Submission> {
    const connection = new HttpConnection(this.origin);
    try {
      return await this.#submitOn(connection, phase, true);
    } finally {
      connection.abandon();
    }
  }

  /** Many jobs, on a few connections that are used again and closed in the end. */
  async submitMany(count: number, abort: AbortSignal): Promise<void> {
    let left = count;
    const lane = async () => {
      let connection = new HttpConnection(this.origin);
      while (left > 0 && !abort.aborted) {
        left--;
        if (!connection.usable) connection = new HttpConnection(this.origin);
        await this.#submitOn(connection, 'before', false);
      }
      connection.close();
    };
    await Promise.all(Array.from({ length: Math.min(LANES, count) }, lane));
  }

  async #submitOn(
    connection: HttpConnection,
    phase: EventOf<'job-submitted'>['phase'],
    close: boolean,
  ): Promise<Submission> {
    const { plan } = this;
    const uuid = crypto.randomUUID();
    const own = plan.id.from === 'own' ? uuid : null;
    const job = this.book.submit(phase, own);
    const answer: KeptAnswer = { headers: {}, body: '' };
    const { ending, status } = await connection.request(
      jobRequest(plan, uuid, close, answer),
      undefined,
      ANSWER_TIMEOUT_MS,
    );
    const id = own ?? idIn(answer, plan.id);
    this.book.answer(job, ending, status, id);
    return { ending, status, id };
  }
}

function jobRequest(plan: JobsPlan, uuid: string, close: boolean, answer: KeptAnswer): HttpRequest {
  const text = plan.body?.replaceAll('{{uuid}}', uuid) ?? null;
  const typed = plan.headers.some(([name]) => name.toLowerCase() === 'content-type');
  const type: [string, string][] = text === null || typed ? [] : [['content-type', guessedType(text)]];
  return {
    method: plan.method,
    path: plan.path.replaceAll('{{uuid}}', uuid),
    headers: [...plan.headers, ...type],
    body: text === null ? null : Buffer.from(text),
    length: null,
    close,
    answer,
  };
}

function guessedType(text: string): string {
  try {
    JSON.parse(text);
    return 'application/json';
  } catch {
    return 'text/plain';
  }
}

/** The id of a job in the answer to its submission; null when there is none. */
export function idIn({ headers, body }: KeptAnswer, where: JobId): string | null {
  if (where.from === 'own') return null;
  // A Location names the job by the end of its path.
  if (where.from === 'header') return headers[where.name]?.split('/').at(-1)?.trim() ?? null;
  try {
    return scalar(pointed(JSON.parse(body), where.pointer));
  } catch {
    return null;
  }
}

/** RFC 6901. */
function pointed(value: unknown, pointer: string): unknown {
  const steps = pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  return steps.reduce<unknown>(
    (inner, step) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, step)
        ? (inner as Record<string, unknown>)[step]
        : undefined,
    value,
  );
}

function scalar(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : null;
}
