import type { Client, ClientReadableStream, ClientUnaryCall, Metadata, status, StatusObject } from '@grpc/grpc-js';
import type { MethodDefinition, PackageDefinition, ServiceDefinition } from '@grpc/proto-loader';
import { DrainCheckError } from '../errors.js';
import { certificateOptions, type Origin, type TlsOrigin } from '../plan/origin.js';
import type { GrpcCall } from '../plan/types.js';
import type { Ending } from '../recording/events.js';
import { describeMethods } from './grpc-reflection.js';

export type Grpc = typeof import('@grpc/grpc-js');
export type ProtoLoader = typeof import('@grpc/proto-loader');
export type GrpcMethod = MethodDefinition<object, object>;

/** How one call ended. */
export interface GrpcOutcome {
  ending: Ending;
  /** The status as HTTP would have it: 200 for OK. */
  status: number | null;
  messages: number;
  /** The gRPC status by name, with what the server said of it. */
  detail: string;
}

const LOADER_OPTIONS = { keepCase: true, longs: String, enums: String, defaults: true } as const;

/** Calls gRPC methods with @grpc/grpc-js, which is imported only for that. */
export class GrpcCaller {
  private constructor(
    private readonly grpc: Grpc,
    private readonly methods: ReadonlyMap<string, GrpcMethod>,
    private readonly headers: readonly [string, string][],
  ) {}

  /**
   * Loads what is needed and looks the methods up, in a .proto file or by asking the server.
   * @param proto path of the file; null: reflection
   * @throws DrainCheckError `grpc-missing` without the packages, `grpc-failed` for what cannot be called
   */
  static async load(
    origin: Origin,
    calls: readonly GrpcCall[],
    proto: string | null,
    headers: readonly [string, string][],
  ): Promise<GrpcCaller> {
    const [grpc, loader] = await importPackages();
    const client = clientTo(grpc, origin);
    try {
      const described =
        proto === null ? await describeMethods(client, loader, calls, LOADER_OPTIONS) : loadProto(loader, proto);
      return new GrpcCaller(grpc, new Map(calls.map((call) => [call.method, find(described, call.method)])), headers);
    } finally {
      client.close();
    }
  }

  /** Whether a method answers with a stream of messages. */
  streams({ method }: GrpcCall): boolean {
    return this.methods.get(method)?.responseStream === true;
  }

  /** A connection of its own, shared by calls that are to be multiplexed. */
  open(origin: Origin): GrpcConnection {
    const metadata = new this.grpc.Metadata();
    for (const [name, value] of this.headers) metadata.add(name, value);
    return new GrpcConnection(this.grpc, clientTo(this.grpc, origin), this.methods, metadata);
  }
}

function clientTo(grpc: Grpc, { host, port, tls, socketPath }: Origin): Client {
  const ip = host.includes(':') ? `ipv6:[${host}]:${port}` : `${host}:${port}`;
  const credentials =
    tls === undefined
      ? grpc.credentials.createInsecure()
      : grpc.credentials.createSsl(tls.ca === null ? null : Buffer.from(tls.ca), null, null, {
          rejectUnauthorized: certificateOptions(tls).rejectUnauthorized,
        });
  return new grpc.Client(socketPath === undefined ? ip : `unix:${socketPath}`, credentials, {
    // A call that is repeated behind our back, or a connection that is shared with another life, hides a failure.
    'grpc.enable_retries': 0,
    'grpc.use_local_subchannel_pool': 1,
    'grpc.enable_http_proxy': 0,
    ...(tls === undefined ? {} : nameOverride(tls)),
  });
}

/** An address is no server name. Where the certificate is not checked any name will do in its place. */
function nameOverride({ ca, servername }: TlsOrigin): { 'grpc.ssl_target_name_override'?: string } {
  const name = servername ?? (ca === null ? 'localhost' : null);
  return name === null ? {} : { 'grpc.ssl_target_name_override': name };
}

/** One gRPC connection of ours. */
export class GrpcConnection {
  constructor(
    private readonly grpc: Grpc,
    private readonly client: Client,
    private readonly methods: ReadonlyMap<string, GrpcMethod>,
    private readonly metadata: Metadata,
  ) {}

  /** Settles with whether the connection stood in time. */
  ready(timeoutMs: number): Promise<boolean> {
    return new Promise((resolve) =>
      this.client.waitForReady(Date.now() + timeoutMs, (error) => resolve(!(error instanceof Error))),
    );
  }

  /**
   * Calls a method and follows it to its ending; never rejects.
   * @param onHead called when the server's first word has come
   */
  call({ method, request }: GrpcCall, onHead: () => void): { done: Promise<GrpcOutcome>; cancel: () => void } {
    const definition = this.methods.get(method);
    if (definition === undefined) throw new Error(`${method} was not looked up`);
    const message = JSON.parse(request) as object;
    let messages = 0;
    let cancelled = false;
    let headed = false;
    let cancel: () => void = () => undefined;
    const done = new Promise<GrpcOutcome>((resolve) => {
      const call = this.#begin(definition, message);
      cancel = () => {
        cancelled = true;
        call.cancel();
      };
      call.on('metadata', () => {
        headed = true;
        onHead();
      });
      if ('read' in call) {
        call.on('data', () => (messages += 1));
        call.on('error', () => undefined);
      }
      call.on('status', (status: StatusObject) => {
        const { ending, http } = this.#read(status.code, headed, cancelled);
        const name = this.grpc.status[status.code];
        resolve({ ending, status: http, messages, detail: `${name}: ${status.details}`.slice(0, 200) });
      });
    });
    return { done, cancel };
  }

  close(): void {
    this.client.close();
  }

  #begin(definition: GrpcMethod, message: object): ClientUnaryCall | ClientReadableStream<object> {
    const { path, requestSerialize, responseDeserialize, responseStream } = definition;
    if (responseStream)
      return this.client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, message, this.metadata);
    return this.client.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      message,
      this.metadata,
      () => undefined,
    );
  }

  /** What a status says of the exchange: UNAVAILABLE and CANCELLED are how a connection or a server gives it up. */
  #read(code: status, headed: boolean, cancelled: boolean): { ending: Ending; http: number | null } {
    const { status } = this.grpc;
    const endings: Partial<Record<status, Ending>> = {
      [status.UNAVAILABLE]: headed ? 'short' : 'closed',
      [status.CANCELLED]: 'reset',
      [status.DEADLINE_EXCEEDED]: 'timed-out',
    };
    const ending = cancelled ? 'ended-by-tester' : endings[code];
    if (ending !== undefined) return { ending, http: null };
    return { ending: 'answered', http: code === status.OK ? 200 : 500 };
  }
}

async function importPackages(): Promise<[Grpc, ProtoLoader]> {
  try {
    return await Promise.all([import('@grpc/grpc-js'), import('@grpc/proto-loader')]);
  } catch (cause) {
    throw new DrainCheckError(
      'grpc-missing',
      '--grpc needs the packages @grpc/grpc-js and @grpc/proto-loader, which are not installed.',
      'Install them beside drain-check: `npm install --save-dev drain-check @grpc/grpc-js @grpc/proto-loader`, or with npx: `npx -p drain-check -p @grpc/grpc-js -p @grpc/proto-loader drain-check …`.',
      { cause },
    );
  }
}

function loadProto(loader: ProtoLoader, file: string): PackageDefinition {
  try {
    return loader.loadSync(file, LOADER_OPTIONS);
  } catch (cause) {
    throw new DrainCheckError(
      'grpc-failed',
      `--proto ${file} cannot be read as protocol buffers: ${cause instanceof Error ? cause.message : String(cause)}.`,
      'Give the .proto file that defines the service; its imports are looked for beside it.',
      { cause },
    );
  }
}

function find(described: PackageDefinition, name: string): GrpcMethod {
  const [service = '', method = ''] = name.split('/');
  const definition = described[service];
  const methods = definition !== undefined && isService(definition) ? definition : {};
  const found = Object.entries(methods).find(([key]) => key === method)?.[1] as GrpcMethod | undefined;
  if (found === undefined) {
    const known = Object.entries(described).flatMap(([key, value]) =>
      isService(value) ? Object.keys(value).map((own) => `${key}/${own}`) : [],
    );
    throw new DrainCheckError(
      'grpc-failed',
      `--grpc ${name} names a method that is not described.`,
      known.length === 0
        ? 'No service is described at all.'
        : `Described are: ${known.slice(0, 8).join(', ')}${known.length > 8 ? ', …' : ''}.`,
    );
  }
  if (found.requestStream)
    throw new DrainCheckError(
      'grpc-failed',
      `--grpc ${name} takes a stream of requests, which cannot be called with one request.`,
      'Name a unary method or one that streams its answer.',
    );
  return found;
}

function isService(definition: PackageDefinition[string]): definition is ServiceDefinition {
  return !('format' in definition);
}
