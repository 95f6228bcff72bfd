import type { PodProbe } from '../plan/pod.js';

/** What a probe asks, so that two that ask the same compare equal. */
export function questionOf({ ask }: PodProbe): string {
  switch (ask.kind) {
    case 'http': {
      const { scheme, host, port, path } = ask.request;
      return `${scheme} ${host ?? ''}:${port}${path}`;
    }
    case 'tcp':
      return `tcp :${ask.port}`;
    case 'grpc':
      return `grpc :${ask.port} ${ask.service}`;
    case 'exec':
      return `exec ${JSON.stringify(ask.command)}`;
  }
}

/** How a person would name it. */
export function questionWords({ ask }: PodProbe): string {
  switch (ask.kind) {
    case 'http':
      return ask.request.path.slice(0, 100);
    case 'tcp':
      return `the TCP port ${ask.port}`;
    case 'grpc':
      return `gRPC health${ask.service === '' ? '' : ` of ${ask.service.slice(0, 100)}`}`;
    case 'exec':
      return ask.command.join(' ').slice(0, 100);
  }
}

/** For how long a probe has to fail until it counts. Milliseconds. */
export function patienceOf({ failureThreshold, periodMs }: PodProbe): number {
  return failureThreshold * periodMs;
}
