import { formatDuration } from '../plan/durations.js';
import type { Plan } from '../plan/types.js';
import type { LifeFacts } from '../recording/facts/life.js';
import { LOSS_PHASES, type Client, type Loss, type RehearsalFacts } from '../recording/facts/rehearsal.js';
import { preStopFor } from '../plan/routes.js';
import { endingWords, plural, tally } from './verdict.js';

/** `40 of 190 requests on new connections lost: 40 after the listener closed (40 refused)`, for each kind of client that lost any. */
export function lossWords({ losses, all }: RehearsalFacts): string {
  return (['new', 'kept'] as const)
    .flatMap((client) => {
      const own = losses.filter((loss) => loss.client === client);
      if (own.length === 0) return [];
      return [`${own.length} of ${plural(all[client].length, 'request')} ${WHERE[client]} lost: ${byPhase(own)}`];
    })
    .join('; ');
}

const WHERE: Record<Client, string> = { new: 'on new connections', kept: 'on kept connections' };

function byPhase(losses: readonly Loss[]): string {
  return LOSS_PHASES.flatMap((phase) => {
    const own = losses.filter((loss) => loss.phase === phase);
    return own.length === 0 ? [] : [`${own.length} ${phase} (${tally(own.map(howLost))})`];
  }).join(', ');
}

function howLost({ exchange }: Loss): string {
  const { end } = exchange;
  return end?.ending === 'answered' ? `answered ${end.status ?? 0}` : endingWords(exchange);
}

/** What would have saved the requests that were lost, each way once, those that save most first. */
export function savers(facts: RehearsalFacts, life: LifeFacts, plan: Plan): string {
  const { losses, pod } = facts;
  const asked = losses.filter((loss) => loss.client === 'new' && loss.phase.startsWith('after'));
  const cut = losses.filter((loss) => loss.exchange.end?.ending !== 'refused' && !asked.includes(loss));
  const kept = cut.filter((loss) => loss.client === 'kept');
  const early = losses.filter((loss) => loss.exchange.end?.ending === 'refused' && !asked.includes(loss));
  const ways = [
    pod.hook?.how === 'failed'
      ? `make the preStop hook work (it failed: ${pod.hook.detail ?? 'no reason is known'})`
      : null,
    asked.length > 0 ? delay(facts, plan) : null,
    early.length > 0 ? 'let the preStop hook wait instead of stopping the server' : null,
    cut.length > 0 && life.killed !== null ? 'let it end sooner, or raise terminationGracePeriodSeconds' : null,
    cut.length > kept.length && life.killed === null
      ? 'wait for the requests under way before the process exits'
      : null,
    kept.length > 0 && life.killed === null
      ? 'answer with Connection: close from the signal on, and close a kept connection after an answer only'
      : null,
  ];
  return ways.filter((way) => way !== null).join('; ');
}

/** New clients are saved by a signal that comes later; where routes never change by nothing but that they do. */
function delay({ pod, acceptMs }: RehearsalFacts, { routingLagMs }: Plan): string {
  if (pod.deleted.published)
    return 'take publishNotReadyAddresses off the Service: clients are sent there until the pod is gone';
  const seconds = preStopFor(routingLagMs, acceptMs ?? 0);
  const served =
    acceptMs === null ? '' : `, and new connections were served for ${formatDuration(acceptMs)} after the signal`;
  const way =
    pod.hook === null ? `put a preStop delay of ${seconds} s before the signal` : `make the preStop delay ${seconds} s`;
  return `${way} (routes take ${formatDuration(routingLagMs)} to follow${served})`;
}
