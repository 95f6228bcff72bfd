import { formatDuration } from '../plan/durations.js';
import type { Plan } from '../plan/types.js';
import type { LifeFacts } from '../recording/facts/life.js';
import { serving } from '../recording/facts/serving.js';
import { defineCheck, type Verdict } from './check.js';
import { fail, inconclusive, inScenario, pass, skip } from './verdict.js';

export const servesUntilDerouted = defineCheck({
  id: 'serves-until-derouted',
  item: 2,
  level: (profile) => (profile === 'load-balancer' ? 'must' : profile === 'kubernetes' ? 'should' : 'info'),
  view: 'instance',
  needs: 'listener',
  topic: 'Serving until routes have followed',
  kept: 'New connections were served for the routing lag',
  broken: 'New connections stopped being served before routes can have followed',
  why: 'Routes are withdrawn while the signal is already there. Whoever is still sent to a closed listener gets a 502.',
  sources: [
    { mark: 'K', text: 'Kubernetes documentation: endpoints are withdrawn in parallel to the termination of the pod' },
    { mark: 'F', text: 'withdrawal takes 5 to 15 s in most clusters, minutes behind some load balancers' },
  ],
  cure: 'go on serving for the routing lag after readiness has failed; in Kubernetes a preStop delay covers it too',
  judge: (facts, plan) => inScenario(facts, 'drain', (life) => judgeDrain(life, plan)),
});

function judgeDrain(life: LifeFacts, plan: Plan): Verdict {
  const { signal, readiness } = life;
  if (signal === null || (life.exit === null && !life.outside))
    return inconclusive('the recording ends before the target did', 'drain');
  // A load balancer follows its own health checks; Kubernetes withdraws the endpoint with the delete itself.
  const byHealth = plan.profile === 'load-balancer';
  if (byHealth && readiness.flipped === null)
    return skip('readiness never failed, so nothing would have withdrawn its routes; see fails-readiness', 'drain');
  const from = byHealth ? (readiness.flipped?.to ?? signal.at) : signal.at;
  const { until, endedAt } = serving(life);
  const servedMs = until === null ? 0 : Math.max(0, endedAt - from);
  const since = byHealth ? 'readiness failed' : 'the signal';
  const observed =
    until === null
      ? `the first new connection after ${since} was not served`
      : `served for ${formatDuration(servedMs)} after ${since}`;
  const evidence = [signal.seq, ...life.listener.evidence];
  // A preStop delay comes before the signal, so it cannot lengthen what begins with readiness failing.
  const delayMs = byHealth ? 0 : delayIn(plan);
  if (servedMs + delayMs >= plan.routingLagMs)
    return pass(
      'drain',
      delayMs === 0 ? observed : `${observed}, and for ${formatDuration(delayMs)} of preStop before it`,
      evidence,
    );
  const missing = Math.ceil((plan.routingLagMs - servedMs) / 1000);
  return fail('drain', {
    expected: `new connections are served for ${formatDuration(plan.routingLagMs)} after ${since} (--routing-lag)`,
    observed,
    ...(byHealth ? {} : { because: `a preStop delay of ${missing} s would cover the rest` }),
    evidence,
  });
}

/** The preStop delay of the container that is rehearsed, as far as its manifest shows it. Milliseconds. */
function delayIn({ manifest }: Plan): number {
  const container = manifest?.workloads[0]?.containers.find(({ name }) => name === manifest.pod?.container);
  return container?.preStop?.takesMs ?? 0;
}
