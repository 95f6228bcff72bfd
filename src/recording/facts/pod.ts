import type { EventOf, RecordedEvent } from '../events.js';

/** A preStop hook that was run. Times are those of the recording. */
export interface HookFacts {
  startedAt: number;
  /** When it had ended, or was waited for no longer; null: the recording ends before that. */
  endedAt: number | null;
  how: 'ended' | 'failed' | 'abandoned' | null;
  /** What it does, in a few words. */
  what: string;
  /** What there is to know about its end. */
  detail: string | null;
  seq: number;
}

/** How the end of a pod was played: what the kubelet did, and what became of the routes. Times are those of the recording. */
export interface PodFacts {
  deleted: EventOf<'pod-deleted'>;
  hook: HookFacts | null;
  /** When the endpoint was withdrawn, and when nobody routed by it any more; null: that was not seen. */
  withdrawnAt: number | null;
  followedAt: number | null;
  /** When its containers were gone. */
  goneAt: number | null;
  /** When the kubelet took it for not ready, from the delete on. */
  unreadyAt: number | null;
  /** The startup probe never passed: how it failed; null: it did, or there is none. */
  startupFailed: string | null;
  sidecars: SidecarFacts[];
}

/** A native sidecar of a pod. */
export interface SidecarFacts {
  name: string;
  /** Why it was not there; null: it was. */
  notStarted: string | null;
  /** It did not end by itself in its grace period. */
  killed: boolean;
}

/** What was done to the pod of a life; null where none was. */
export function podFacts(events: readonly RecordedEvent[]): PodFacts | null {
  const deleted = events.find((event) => event.type === 'pod-deleted');
  if (deleted === undefined) return null;
  const acts = events.filter((event) => event.type === 'kubelet-acted');
  const act = (name: EventOf<'kubelet-acted'>['act']) => acts.find((event) => event.act === name) ?? null;
  const startup = act('startup-failed');
  const moved = (to: EventOf<'endpoint-moved'>['to']) =>
    events.filter((event) => event.type === 'endpoint-moved').find((event) => event.to === to)?.at ?? null;
  return {
    deleted,
    hook: hookFacts(acts),
    withdrawnAt: moved('withdrawn'),
    followedAt: moved('followed'),
    goneAt: act('pod-gone')?.at ?? null,
    unreadyAt: acts.find((event) => event.act === 'became-unready' && event.at >= deleted.at)?.at ?? null,
    startupFailed: startup === null ? null : (startup.detail ?? 'no reason is known'),
    sidecars: sidecarFacts(events),
  };
}

function sidecarFacts(events: readonly RecordedEvent[]): SidecarFacts[] {
  const acts = events.filter((event) => event.type === 'sidecar-acted');
  return [...new Set(acts.map(({ sidecar }) => sidecar))].map((name) => {
    const own = acts.filter(({ sidecar }) => sidecar === name);
    const missing = own.find(({ act }) => act === 'not-started');
    return {
      name,
      notStarted: missing === undefined ? null : (missing.detail ?? 'no reason is known'),
      killed: own.some(({ act }) => act === 'killed'),
    };
  });
}

function hookFacts(acts: readonly EventOf<'kubelet-acted'>[]): HookFacts | null {
  const started = acts.find((event) => event.act === 'hook-started');
  if (started === undefined) return null;
  const ends = { 'hook-ended': 'ended', 'hook-failed': 'failed', 'hook-abandoned': 'abandoned' } as const;
  const end = acts.find((event) => Object.hasOwn(ends, event.act));
  return {
    startedAt: started.at,
    endedAt: end?.at ?? null,
    how: end === undefined ? null : ends[end.act as keyof typeof ends],
    what: started.detail ?? '',
    detail: end?.detail ?? null,
    seq: (end ?? started).seq,
  };
}
