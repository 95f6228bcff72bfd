import { formatDuration } from '../plan/durations.js';
import { preStopMs, subjectsOf, type Subject } from './manifest-subjects.js';
import { defineRule, error, note, warning } from './rule.js';

/** What a server needs beyond its own time-out, to end. Milliseconds. */
const FLOOR_MS = 2000;

export const k8sServerTimeoutExplicit = defineRule({
  id: 'k8s-server-timeout-explicit',
  item: 7,
  level: 'must',
  topic: 'The server’s own time-out',
  kept: 'The server bounds its own drain within the grace period',
  broken: 'The server does not bound its own drain within the grace period',
  why: 'A server that waits longer than the grace period is killed in the middle of its drain, and one that waits for less than its work takes cuts it. Only a number that was chosen fits.',
  sources: [
    { mark: 'F', text: 'uvicorn: --timeout-graceful-shutdown is unset by default, and it waits without an end' },
    { mark: 'F', text: 'gunicorn: --graceful-timeout is 30 s by default, hypercorn’s 3 s' },
    { mark: 'F', text: 'Spring Boot: spring.lifecycle.timeout-per-shutdown-phase is 30 s by default' },
  ],
  cure: 'set the server’s own time-out to less than the grace period, less the preStop delay',
  expected: 'the server’s time-out is written, and preStop + time-out + 2 s ≤ terminationGracePeriodSeconds',
  without: 'no command in the manifest starts a server with a time-out of its own that is known',
  look: (manifest) => {
    const subjects = subjectsOf(manifest).filter(({ container }) => container.server !== null);
    const results = subjects.map(judgeServer);
    return {
      looked: subjects.length,
      findings: results.flatMap((result) => (typeof result === 'string' ? [] : [result])),
      kept: results.filter((result) => typeof result === 'string').join(', '),
    };
  },
});

/** A finding, or what is in order. */
function judgeServer({ workload, container, name }: Subject) {
  const { server } = container;
  if (server === null) return '';
  const preStop = preStopMs(container);
  const roomMs = workload.graceSeconds.value * 1000 - (preStop ?? 0) - FLOOR_MS;
  const room = Math.floor(roomMs / 1000);
  const setting = server.option.replace('<seconds>', String(Math.max(1, room)));
  const cure = room < 1 ? 'raise terminationGracePeriodSeconds first' : `set ${setting}, which fits`;
  if (server.timeoutMs === null && server.elsewhere !== null)
    return note(
      server.at,
      `${name} runs ${server.name}; its time-out may be set in ${server.elsewhere}, which is not seen here`,
    );
  // What nobody can see here may set it after all, so it is no error.
  const found = server.doubt === null ? error : warning;
  const unless = server.doubt === null ? '' : `, unless ${server.doubt} says otherwise`;
  if (server.timeoutMs === null) {
    const option = server.option.replace(/[ =]<seconds>s?/, '');
    return found(server.at, `${name} runs ${server.name} without ${option}: ${server.byDefault}${unless}`, cure);
  }
  if (server.timeoutMs > roomMs) {
    const grace = `${workload.graceSeconds.value} s${workload.graceSeconds.given ? '' : ' (the default)'}`;
    const less = preStop === null ? '' : `, ${formatDuration(preStop)} of which is preStop`;
    return found(
      server.at,
      `${name} lets ${server.name} drain for ${formatDuration(server.timeoutMs)} in a grace period of ${grace}${less}${unless}`,
      cure,
    );
  }
  return `${server.name} ${formatDuration(server.timeoutMs)}`;
}
