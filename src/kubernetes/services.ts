import type { BalancerManifest, Position, ServiceManifest } from '../plan/manifest.js';
import type { Resource } from './documents.js';
import type { Field } from './field.js';
import { albHealthCheck, negHealthCheck, nlbHealthCheck } from './health-checks.js';
import type { ContainerPort } from './ports.js';
import { servesLabels, type Labels } from './selectors.js';

/** A Service with what it takes to join it. */
export interface ServiceResource {
  namespace: string;
  field: Field;
  manifest: ServiceManifest;
}

/** How long routes of each kind go on, as seen in the field: docs/kubernetes.md has the sources. Milliseconds. */
const LAG_MS = { alb: 60_000, nlbIp: 150_000, gkeNeg: 60_000, ingressNginx: 5000 } as const;

export function namespaceOf(field: Field): string {
  return field.get('metadata', 'namespace').text ?? 'default';
}

export function nameOf(field: Field): string {
  const name = field.get('metadata', 'name').text ?? field.get('metadata', 'generateName').text ?? '(unnamed)';
  return name.slice(0, 253);
}

/** The Services among some resources, each with the load balancers in front of it. */
export function readServices(resources: readonly Resource[]): ServiceResource[] {
  const ingresses = resources.filter(({ kind }) => kind === 'Ingress').map(({ field }) => field);
  return resources
    .filter(({ kind, field }) => kind === 'Service' && field.get('spec', 'type').text !== 'ExternalName')
    .map(({ field }) => {
      const spec = field.get('spec');
      const publish = spec.get('publishNotReadyAddresses');
      const policy = spec.get('externalTrafficPolicy');
      const inFront = ingresses.filter((one) => leadsTo(one, field)).flatMap(balancersOfIngress);
      return {
        namespace: namespaceOf(field),
        field,
        manifest: {
          name: nameOf(field),
          at: field.get('metadata', 'name').at,
          headless: spec.get('clusterIP').text === 'None',
          publishNotReady: publish.flag ? publish.at : null,
          local: policy.text === 'Local' ? policy.at : null,
          balancers: [...balancersOf(field), ...inFront].sort((a, b) => b.lagMs - a.lagMs),
        },
      };
    });
}

function balancersOf(service: Field): BalancerManifest[] {
  const annotations = service.get('metadata', 'annotations');
  const aws = 'service.beta.kubernetes.io/aws-load-balancer-';
  const type = annotations.get(`${aws}type`);
  const target = annotations.get(`${aws}nlb-target-type`);
  const neg = annotations.get('cloud.google.com/neg');
  const found: BalancerManifest[] = [];
  // With instances as targets the route ends at a node, and kube-proxy is the only one to follow.
  const ip = type.text === 'nlb-ip' ? type : target.text === 'ip' ? target : null;
  if (ip !== null)
    found.push({
      name: 'AWS NLB with IP targets',
      lagMs: LAG_MS.nlbIp,
      healthCheck: nlbHealthCheck(annotations),
      at: ip.at,
    });
  if (/"(ingress"\s*:\s*true|exposed_ports")/.test(neg.text ?? '')) found.push(googleNeg(neg.at));
  return found;
}

function balancersOfIngress(ingress: Field): BalancerManifest[] {
  const annotations = ingress.get('metadata', 'annotations');
  const byAnnotation = annotations.get('kubernetes.io/ingress.class');
  const of = ingress.get('spec', 'ingressClassName');
  const kind = of.isNull ? byAnnotation : of;
  const target = annotations.get('alb.ingress.kubernetes.io/target-type');
  if (target.text === 'ip') {
    const healthCheck = albHealthCheck(annotations);
    return [{ name: 'AWS ALB with IP targets', lagMs: LAG_MS.alb, healthCheck, at: target.at }];
  }
  if (/^gce(-internal)?$/.test(kind.text ?? '')) return [googleNeg(kind.at)];
  if (kind.text === 'nginx')
    return [{ name: 'ingress-nginx', lagMs: LAG_MS.ingressNginx, healthCheck: null, at: kind.at }];
  return [];
}

function googleNeg(at: Position): BalancerManifest {
  return { name: 'Google NEG', lagMs: LAG_MS.gkeNeg, healthCheck: negHealthCheck(at), at };
}

/** Whether an Ingress sends anything to a Service. */
function leadsTo(ingress: Field, service: Field): boolean {
  if (namespaceOf(ingress) !== namespaceOf(service)) return false;
  const spec = ingress.get('spec');
  const paths = spec.get('rules').items.flatMap((rule) => rule.get('http', 'paths').items);
  const backends = [spec.get('defaultBackend'), spec.get('backend'), ...paths.map((path) => path.get('backend'))];
  const name = service.get('metadata', 'name').text;
  // The name stands in `serviceName` in versions before 1.19.
  return backends.some((one) => (one.get('service', 'name').text ?? one.get('serviceName').text) === name);
}

/** The Services that select a pod. */
export function servicesOf(services: readonly ServiceResource[], namespace: string, labels: Labels): ServiceResource[] {
  return services.filter(
    (one) => one.namespace === namespace && servesLabels(one.field.get('spec', 'selector'), labels),
  );
}

/** Names of ports that are for machinery, not for clients. */
const MACHINERY = /metric|prom|health|probe|admin|debug|pprof|manage|actuator|webhook/i;

/** The container port that a Service sends clients to: the first that is not for metrics and the like; null: none. */
export function targetOf({ field }: ServiceResource, ports: readonly ContainerPort[]): ContainerPort | null {
  const targets = field.get('spec', 'ports').items.filter((one) => !MACHINERY.test(one.get('name').text ?? ''));
  for (const one of targets) {
    const target = one.get('targetPort').isNull ? one.get('port') : one.get('targetPort');
    const number = target.whole ?? (/^\d+$/.test(target.text ?? '') ? Number(target.text) : null);
    const found = ports.find((port) => (number === null ? port.name === target.text : port.port === number));
    if (found !== undefined) return found;
  }
  return null;
}

/** The first port of a container that looks like one for clients. */
export function clientPort(ports: readonly ContainerPort[]): ContainerPort | null {
  return ports.find(({ name }) => !MACHINERY.test(name ?? '')) ?? null;
}
