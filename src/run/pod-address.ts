import { isThisMachine, type Origin } from '../plan/origin.js';
import type { PodRequest } from '../plan/pod.js';

/**
 * Where the ports of a manifest are found on this machine. A pod has an address of its own and its ports to itself; here a
 * service has usually been given another port. What listens on the very port that is named is meant by it. The port that
 * clients are sent to is the service's own; another one is the second port on which the service listens, where it has one.
 */
export class PodAddress {
  /** The only port of the service beside the one that clients use; null: there is none, or there are several. */
  readonly #second: number | null;
  readonly #listening: ReadonlySet<number>;

  /**
   * @param own the ports on which the service listens
   * @param others those on which the other containers of its pod do
   * @param servedPort the port of the manifest that clients are sent to; null: it is not known
   */
  constructor(
    private readonly origin: Origin,
    own: readonly number[],
    others: readonly number[],
    private readonly servedPort: number | null,
  ) {
    this.#listening = new Set([...own, ...others]);
    const beside = [...new Set(own)].filter((port) => port !== origin.port);
    this.#second = beside.length === 1 ? (beside[0] ?? null) : null;
  }

  portOf(named: number): number {
    if (this.#listening.has(named)) return named;
    const isOther = this.servedPort !== null && named !== this.servedPort;
    return isOther && this.#second !== null ? this.#second : this.origin.port;
  }

  /** Where the kubelet goes with a port of the manifest. */
  originOf(named: number): Origin {
    return { ...this.origin, port: this.portOf(named) };
  }

  get host(): string {
    return this.origin.host;
  }

  /** The address of a request; null for a host that is not the pod itself, to which nothing is sent from here. */
  urlOf({ scheme, host, port, path }: PodRequest): URL | null {
    if (host !== null && !isThisMachine(host)) return null;
    const { host: own } = this.origin;
    const authority = `${own.includes(':') ? `[${own}]` : own}:${this.portOf(port)}`;
    return URL.parse(path.startsWith('/') ? path : `/${path}`, `${scheme.toLowerCase()}://${authority}`);
  }
}
