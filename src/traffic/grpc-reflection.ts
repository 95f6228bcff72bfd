import type { Client } from '@grpc/grpc-js';
import type { Options, PackageDefinition } from '@grpc/proto-loader';
import { DrainCheckError } from '../errors.js';
import type { GrpcCall } from '../plan/types.js';
import type { GrpcMethod, ProtoLoader } from './grpc.js';

/** The newer name of the reflection service first; both speak the same messages. */
const VERSIONS = ['v1', 'v1alpha'];
const TIMEOUT_MS = 5000;

type Json = Parameters<ProtoLoader['fromJSON']>[0];
type Node = NonNullable<Json['nested']>[string];

/** The part of grpc/reflection/v1/reflection.proto that is spoken here, as protobufjs describes messages. */
function reflectionPackage(version: string): Json {
  const service = {
    methods: {
      ServerReflectionInfo: {
        requestType: 'Request',
        requestStream: true,
        responseType: 'Response',
        responseStream: true,
        comment: '',
      },
    },
  };
  const messages: Record<string, Node> = {
    ServerReflection: service,
    Request: {
      oneofs: { messageRequest: { oneof: ['fileContainingSymbol', 'fileByFilename'] } },
      fields: { fileByFilename: { type: 'string', id: 3 }, fileContainingSymbol: { type: 'string', id: 4 } },
    },
    Response: {
      fields: { fileDescriptorResponse: { type: 'Files', id: 4 }, errorResponse: { type: 'Failure', id: 7 } },
    },
    Files: { fields: { fileDescriptorProto: { rule: 'repeated', type: 'bytes', id: 1 } } },
    Failure: { fields: { errorCode: { type: 'int32', id: 1 }, errorMessage: { type: 'string', id: 2 } } },
  };
  return { nested: { grpc: { nested: { reflection: { nested: { [version]: { nested: messages } } } } } } };
}

interface ReflectionResponse {
  fileDescriptorResponse?: { fileDescriptorProto?: Uint8Array[] } | null;
  errorResponse?: { errorCode?: number; errorMessage?: string } | null;
}

/**
 * Asks the server to describe the services of some methods.
 * @throws DrainCheckError `grpc-failed` when it does not
 */
export async function describeMethods(
  client: Client,
  loader: ProtoLoader,
  calls: readonly GrpcCall[],
  options: Options,
): Promise<PackageDefinition> {
  const services = [...new Set(calls.map(({ method }) => method.split('/')[0] ?? ''))];
  let reason = '';
  for (const version of VERSIONS) {
    const files = new Map<string, Uint8Array>();
    try {
      for (const service of services) await ask(client, loader, version, service, files);
      return loader.loadFileDescriptorSetFromBuffer(descriptorSet([...files.values()]), options);
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
    }
  }
  throw new DrainCheckError(
    'grpc-failed',
    `The server does not describe ${services.join(', ')} by reflection: ${reason}.`,
    'Give the definition with --proto <file>, or switch on the server’s reflection service; and check the name of the service.',
  );
}

/** Collects the file that defines a symbol, and what comes with it. */
function ask(
  client: Client,
  loader: ProtoLoader,
  version: string,
  symbol: string,
  files: Map<string, Uint8Array>,
): Promise<void> {
  const service = loader.fromJSON(reflectionPackage(version), { keepCase: true })[
    `grpc.reflection.${version}.ServerReflection`
  ] as unknown as Record<string, GrpcMethod>;
  const method = service['ServerReflectionInfo'];
  if (method === undefined) throw new Error('the reflection service is not described');
  return new Promise((resolve, reject) => {
    const { path, requestSerialize, responseDeserialize } = method;
    const call = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, {
      deadline: Date.now() + TIMEOUT_MS,
    });
    call.on('error', (error: Error) => reject(error));
    call.on('data', (response: ReflectionResponse) => {
      const failure = response.errorResponse;
      if (failure?.errorMessage !== undefined) reject(new Error(failure.errorMessage));
      for (const file of response.fileDescriptorResponse?.fileDescriptorProto ?? [])
        files.set(Buffer.from(file).toString('latin1'), file);
      call.end();
    });
    call.on('end', () => (files.size > 0 ? resolve() : reject(new Error('it sent no description'))));
    call.write({ fileContainingSymbol: symbol });
  });
}

/** A FileDescriptorSet: each file as field 1, with its length before it. */
function descriptorSet(files: readonly Uint8Array[]): Buffer {
  return Buffer.concat(files.flatMap((file) => [Buffer.from([0x0a]), varint(file.length), Buffer.from(file)]));
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) | 0x80);
  }
}
