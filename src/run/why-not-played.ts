import type { Scenario } from '../scenarios/scenario.js';
import type { KnownWork, RunContext } from './context.js';

/** Why this kind of target cannot have that death, whatever it answers; null when it can. */
export function whyNotForTarget({ target, plan }: RunContext, { id }: Scenario): string | null {
  const { kind } = plan.target;
  if (id === 'kubernetes') {
    const pod = plan.manifest?.pod ?? null;
    if (pod === null) return 'the manifest holds no pod that could be rehearsed';
    if (!pod.served) return `no clients are sent to the container ${pod.container}, so that none can be lost`;
  }
  if (id === 'kubernetes' && kind !== 'command')
    return 'the end of a pod is rehearsed with a command that is started here; give the container’s after --';
  if (id === 'together')
    return target.restarts ? 'it can be started afresh, so each scenario has a life of its own' : null;
  if (target.restarts) {
    return id === 'startup' && kind === 'container'
      ? 'in a container any program loses a signal that comes before it has a handler'
      : null;
  }
  return kind === 'container' && id === 'pid-1'
    ? 'every life of a container is played as PID 1 already'
    : 'what runs already dies only once; start it as a command, or as an image, for this one';
}

/** Why a scenario would have nothing to play with, now that the target is known; null when it has. */
export function whyNotPlayed({ plan }: RunContext, scenario: Scenario, work: KnownWork): string | null {
  const grpcStreams = plan.grpc.filter((call) => work.grpc?.streams(call) === true).length;
  if (scenario.id === 'streams' && work.streams.length + work.websockets.length + grpcStreams === 0)
    return 'no stream and no WebSocket is known; name one with --stream or --websocket';
  if (scenario.stuck && work.upload === null && work.streams.length + work.websockets.length === 0)
    return 'nothing is known that can be kept from ending; name an endpoint that reads a body (--slow), a stream (--stream) or a WebSocket (--websocket)';
  const holdable = plan.slow.length + plan.grpc.length - grpcStreams > 0 || work.upload !== null;
  if (scenario.repeatAfterMs !== null && !holdable)
    return 'nothing can be held in flight; name an endpoint that takes a while with --slow';
  return scenario.signal !== null && scenario.signal === plan.signal
    ? `${scenario.signal} is the signal of the whole run already`
    : null;
}
