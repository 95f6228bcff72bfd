import type { Origin } from '../plan/origin.js';
import type { LifeRecorder } from '../recording/recorder.js';
import type { GrpcCaller } from '../traffic/grpc.js';
import { calibrateUpload } from './calibrate.js';
import type { KnownWork, RunContext } from './context.js';

/**
 * Finds out what can be put in flight: an upload that can be held, streams, WebSockets, gRPC methods.
 * @throws DrainCheckError for something that the user named and that is not what it was named for
 */
export async function lookForWork(context: RunContext, origin: Origin, recorder: LifeRecorder): Promise<KnownWork> {
  const { plan } = context;
  const wantsEndpoints = (['streams', 'stuck', 'load', 'together'] as const).some((id) => plan.scenarios.includes(id));
  const [upload, endpoints, grpc] = await Promise.all([
    calibrateUpload(context, origin, recorder),
    wantsEndpoints ? findEndpoints(context, origin, recorder) : { streams: [], websockets: [] },
    loadGrpc(context, origin),
  ]);
  return { upload: upload?.upload ?? null, ...endpoints, grpc };
}

/** What speaks WebSockets is loaded only for those that want them. */
async function findEndpoints(context: RunContext, origin: Origin, recorder: LifeRecorder) {
  const { findWorkEndpoints } = await import('./work-endpoints.js');
  return findWorkEndpoints(context, origin, recorder);
}

async function loadGrpc({ plan }: RunContext, origin: Origin): Promise<GrpcCaller | null> {
  if (plan.grpc.length === 0) return null;
  const { GrpcCaller } = await import('../traffic/grpc.js');
  return GrpcCaller.load(origin, plan.grpc, plan.proto, plan.headers);
}
