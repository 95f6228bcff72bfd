import type { ProbeManifest } from '../plan/manifest.js';
import type { PodProbe } from '../plan/pod.js';
import type { Field } from './field.js';
import { requestOf, type PortOf } from './hooks.js';

/** A probe of a container with the defaults of the API (core/v1/defaults.go); null where there is none. */
export function probeOf(field: Field, portOf: PortOf): ProbeManifest | null {
  const ask = askOf(field, portOf);
  if (ask === null) return null;
  const seconds = (name: string, absent: number) => (field.get(name).whole ?? absent) * 1000;
  const grace = field.get('terminationGracePeriodSeconds');
  const port = portField(field);
  const timeout = field.get('timeoutSeconds');
  return {
    at: field.at,
    probe: {
      ask,
      initialDelayMs: seconds('initialDelaySeconds', 0),
      periodMs: seconds('periodSeconds', 10) || 10_000,
      timeoutMs: seconds('timeoutSeconds', 1) || 1000,
      successThreshold: field.get('successThreshold').whole || 1,
      failureThreshold: field.get('failureThreshold').whole || 3,
      gracePeriodMs: grace.whole === null ? null : grace.whole * 1000,
    },
    undeclared:
      port !== null && portOf(port) === null ? { value: port.text ?? '', given: !port.isNull, at: port.at } : null,
    graceAt: grace.isNull ? null : grace.at,
    timeoutAt: timeout.isNull ? field.at : timeout.at,
  };
}

function askOf(field: Field, portOf: PortOf): PodProbe['ask'] | null {
  const [http, tcp, grpc, exec] = [
    field.get('httpGet'),
    field.get('tcpSocket'),
    field.get('grpc'),
    field.get('exec'),
  ] as const;
  if (http.isMap) return { kind: 'http', request: requestOf(http, portOf) };
  if (tcp.isMap) return { kind: 'tcp', port: portOf(tcp.get('port')) ?? 0 };
  if (grpc.isMap) return { kind: 'grpc', port: portOf(grpc.get('port')) ?? 0, service: grpc.get('service').text ?? '' };
  if (exec.isMap) return { kind: 'exec', command: exec.get('command').texts };
  return null;
}

/** Where the port of a probe stands; null for one that has none. */
function portField(field: Field): Field | null {
  for (const how of ['httpGet', 'tcpSocket', 'grpc']) if (field.get(how).isMap) return field.get(how, 'port');
  return null;
}
