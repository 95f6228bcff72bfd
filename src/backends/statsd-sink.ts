import { createSocket, type Socket } from 'node:dgram';
import type { LifeRecorder } from '../recording/recorder.js';
import { sinkFailed } from './otlp-sink.js';

/** What comes within so long is one event. Milliseconds. */
const GATHERED_MS = 50;
/** So many series are told apart. */
const MOST_SERIES = 500;
const LONGEST_NAME = 200;

/** Points of one series: its name with its tags. */
interface Series {
  name: string;
  /** How often it was counted or timed. */
  points: number;
  /** Only a part is sent, and the rest is estimated. */
  sampled: boolean;
}

/** Receives StatsD over UDP. */
export class StatsdSink {
  readonly #gathered = new Map<string, Series>();
  readonly #known = new Set<string>();
  #bytes = 0;
  #firstAt = 0;
  #timer: NodeJS.Timeout | undefined;

  private constructor(
    private readonly socket: Socket,
    private readonly recorder: LifeRecorder,
  ) {
    socket.on('message', (datagram) => this.#receive(datagram));
    socket.on('error', () => undefined);
  }

  /**
   * @param port null: a free one
   * @throws DrainCheckError `sink-failed` when the port cannot be had
   */
  static async open(port: number | null, recorder: LifeRecorder): Promise<StatsdSink> {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve, reject) => {
      socket.once('error', (error: NodeJS.ErrnoException) =>
        reject(sinkFailed('StatsD', '--statsd-port', port, error)),
      );
      socket.bind(port ?? 0, '127.0.0.1', resolve);
    });
    socket.unref();
    return new StatsdSink(socket, recorder);
  }

  get port(): number {
    return this.socket.address().port;
  }

  close(): void {
    this.#tell();
    this.socket.close();
  }

  #receive(datagram: Buffer): void {
    if (this.#bytes === 0) this.#firstAt = this.recorder.clock.now();
    this.#bytes += datagram.length;
    for (const line of datagram.toString('utf8').split('\n')) this.#count(line);
    this.#timer ??= setTimeout(() => this.#tell(), GATHERED_MS);
  }

  #count(line: string): void {
    const point = parsePoint(line);
    if (point === null || (!this.#known.has(point.name) && this.#known.size >= MOST_SERIES)) return;
    this.#known.add(point.name);
    const series = this.#gathered.get(point.name) ?? { name: point.name, points: 0, sampled: false };
    series.points += point.points;
    series.sampled ||= point.sampled;
    this.#gathered.set(point.name, series);
  }

  #tell(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#bytes === 0) return;
    const series = [...this.#gathered.values()];
    this.recorder.record({ type: 'statsd-received', bytes: this.#bytes, series }, this.#firstAt);
    this.#gathered.clear();
    this.#bytes = 0;
  }
}

/** `name:value|type|@rate|#tags`; null for what is no counter and no timer, and so counts no requests. */
export function parsePoint(line: string): Series | null {
  const match = /^([^:|\s]{1,200}):([^|]{1,400})\|(c|ms|h|d)(\|.*)?$/.exec(line.trim());
  if (match === null) return null;
  const [, name = '', value = '', type = '', rest = ''] = match;
  const tags = /\|#([^|]*)/.exec(rest)?.[1] ?? '';
  // Several values of one series may stand in a line.
  const values = value.split(':').map(Number);
  if (values.some((one) => !Number.isFinite(one))) return null;
  return {
    name: `${type === 'c' ? '' : `${type} `}${name}${tags === '' ? '' : `#${tags}`}`.slice(0, LONGEST_NAME),
    points: type === 'c' ? values.reduce((sum, one) => sum + Math.max(0, one), 0) : values.length,
    sampled: /\|@/.test(rest),
  };
}
