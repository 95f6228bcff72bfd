import type { KubeletAct, RecordedEvent, SidecarAct } from '../recording/events.js';
import type { LifeFacts } from '../recording/facts/life.js';
import { LOSS_PHASES, rehearsalFacts } from '../recording/facts/rehearsal.js';
import type { RunFacts } from '../recording/facts/run.js';
import type { PodReport } from './types.js';

const WORDS: Record<KubeletAct, string> = {
  'took-in-hand': 'the kubelet takes it in hand',
  'hook-started': 'preStop begins',
  'hook-ended': 'preStop ends',
  'hook-failed': 'preStop fails',
  'hook-abandoned': 'preStop is abandoned',
  started: 'started',
  'startup-failed': 'startup failed',
  'became-ready': 'ready',
  'became-unready': 'not ready',
  'liveness-failed': 'liveness failed',
  'probes-stopped': 'probes stop',
  'pod-gone': 'its container is gone',
};

/** What is said of a sidecar; null for what is said elsewhere. */
const SIDECAR_WORDS: Record<SidecarAct, string | null> = {
  started: null,
  'not-started': null,
  'hook-started': 'preStop begins',
  'hook-ended': 'preStop ends',
  'hook-failed': 'preStop fails',
  'hook-abandoned': 'preStop is abandoned',
  signalled: 'is signalled',
  killed: 'is killed',
  gone: 'is gone',
};

/** How the end of a pod was played in a life, and what it lost; null where none was. */
export function podReport(life: LifeFacts, { plan }: RunFacts): PodReport | null {
  const facts = rehearsalFacts(life, plan.routingLagMs);
  if (facts === null) return null;
  const { deleted } = facts.pod;
  const lost = (['new', 'kept'] as const).flatMap((client) =>
    LOSS_PHASES.flatMap((phase) => {
      const count = facts.losses.filter((loss) => loss.client === client && loss.phase === phase).length;
      return count === 0 ? [] : [{ client, phase, count }];
    }),
  );
  return {
    kubelet: deleted.kubelet,
    graceMs: deleted.graceMs,
    kubeletLagMs: deleted.kubeletLagMs,
    routingLagMs: deleted.routingLagMs,
    timeScale: deleted.timeScale,
    hostSemantics: deleted.hostSemantics,
    events: eventsOf(life, deleted.at),
    requests: { new: facts.all.new.length, kept: facts.all.kept.length },
    lost,
    closedUnannounced: facts.unannounced,
    ...(facts.pod.sidecars.length === 0 ? {} : { sidecars: facts.pod.sidecars }),
  };
}

/** What was done to the pod, in words; null for what is about something else. */
function wordsOf(event: RecordedEvent): string | null {
  if (event.type === 'pod-deleted') return 'delete';
  if (event.type === 'endpoint-moved')
    return event.to === 'withdrawn' ? 'its endpoint is withdrawn' : 'routes have followed';
  if (event.type === 'kubelet-acted') return WORDS[event.act];
  if (event.type === 'sidecar-acted') {
    const words = SIDECAR_WORDS[event.act];
    return words === null ? null : `sidecar ${event.sidecar}: ${words}`;
  }
  if (event.type === 'signal-sent') return event.signal;
  return event.type === 'killed' ? 'SIGKILL' : null;
}

function eventsOf(life: LifeFacts, deletedAt: number): PodReport['events'] {
  const told = life.events.flatMap((event) => {
    const detail = event.type === 'kubelet-acted' || event.type === 'sidecar-acted' ? event.detail : null;
    const what = wordsOf(event);
    return what === null ? [] : [{ at: event.at, what, detail }];
  });
  return told
    .filter(({ at }) => at >= deletedAt)
    .sort((a, b) => a.at - b.at)
    .map(({ at, what, detail }) => ({ atMs: Math.round((at - deletedAt) * 1000) / 1000, what, detail }));
}
