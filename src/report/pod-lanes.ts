import { formatDuration } from '../plan/durations.js';
import { afterSignal, type LifeFacts } from '../recording/facts/life.js';
import type { HookFacts } from '../recording/facts/pod.js';
import type { Lane, Timeline } from './types.js';

/** What the kubelet and the routes did to a pod, as marks of its death. */
export function podMarks(life: LifeFacts): Timeline['marks'] {
  const { pod } = life;
  if (pod === null) return [];
  const at = (time: number) => afterSignal(life, time);
  return [
    { atMs: at(pod.deleted.at), what: 'deleted' as const },
    ...(pod.hook?.endedAt == null ? [] : [{ atMs: at(pod.hook.endedAt), what: 'hook ended' as const }]),
    ...(pod.followedAt === null ? [] : [{ atMs: at(pod.followedAt), what: 'routes followed' as const }]),
  ];
}

/** The same as lanes: how long clients were sent there, and how long its hook ran. */
export function podLanes(life: LifeFacts, fromMs: number, toMs: number): Lane[] {
  const { pod } = life;
  if (pod === null) return [];
  const deletedMs = afterSignal(life, pod.deleted.at);
  const followedMs = pod.followedAt === null ? toMs : afterSignal(life, pod.followedAt);
  const routes: Lane = {
    label: 'routes to the pod',
    outcome: pod.followedAt === null ? 'not seen to follow' : `for ${formatDuration(followedMs - deletedMs)} more`,
    wrong: false,
    spans: [
      { fromMs, toMs: deletedMs, state: 'good' },
      { fromMs: deletedMs, toMs: followedMs, state: 'bad' },
    ],
    points: [],
  };
  return [routes, ...(pod.hook === null ? [] : [hookLane(pod.hook, life, toMs)])];
}

function hookLane(hook: HookFacts, life: LifeFacts, toMs: number): Lane {
  const from = afterSignal(life, hook.startedAt);
  const to = hook.endedAt === null ? toMs : afterSignal(life, hook.endedAt);
  const words = { ended: 'ended', failed: 'failed', abandoned: 'abandoned' }[hook.how ?? 'abandoned'];
  return {
    label: 'preStop',
    outcome: `${words} after ${formatDuration(to - from)}`,
    wrong: hook.how !== 'ended',
    spans: [{ fromMs: from, toMs: to, state: 'busy' }],
    points: [{ atMs: to, state: hook.how === 'ended' ? 'ended' : 'lost' }],
  };
}
