import { planLint, planRun, readManifests, type Choice } from '../../src/kubernetes/manifest.js';
import type { ManifestPlan } from '../../src/plan/manifest.js';

const NOTHING_CHOSEN: Choice = { workload: null, container: null, kubeMinor: null, sidecars: new Map() };

/** What is judged of a manifest without a rehearsal. */
export function linted(text: string, choice: Partial<Choice> = {}): ManifestPlan {
  return planned(planLint(readManifests([{ name: 'k8s.yaml', text }]), { ...NOTHING_CHOSEN, ...choice }));
}

/** What a manifest says to a run. */
export function rehearsed(text: string, choice: Partial<Choice> = {}): ManifestPlan {
  return planned(planRun(readManifests([{ name: 'k8s.yaml', text }]), { ...NOTHING_CHOSEN, ...choice }));
}

function planned(result: ReturnType<typeof planRun>): ManifestPlan {
  if ('plan' in result) return result.plan;
  throw new Error(result.problems.map(({ option, problem }) => `${option} ${problem}`).join('; '));
}

/** A Deployment with one container, what a test adds to it in JSON, which is YAML. */
export function deployment({
  container = {},
  pod = {},
  spec = {},
}: { container?: object; pod?: object; spec?: object } = {}): string {
  const ports = [{ name: 'http', containerPort: 8080 }];
  const containers = [{ name: 'app', image: 'registry.example/orders:1', ports, ...container }];
  return JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'orders' },
    spec: { ...spec, template: { metadata: { labels: { app: 'orders' } }, spec: { containers, ...pod } } },
  });
}
