import { inImage } from '../plan/from-manifest.js';
import type { Plan } from '../plan/types.js';
import type { Target } from '../target/target.js';
import type { Watchdog } from '../target/watchdog.js';

/** The target that a plan names; what the other kinds need is not loaded. */
export async function createTarget({ target: plan, manifest }: Plan, watchdog: Watchdog): Promise<Target> {
  switch (plan.kind) {
    case 'command': {
      const { SpawnedTarget } = await import('../target/spawned.js');
      return new SpawnedTarget(plan, watchdog);
    }
    case 'process': {
      const { AttachedTarget } = await import('../target/attached.js');
      return new AttachedTarget(plan);
    }
    case 'url': {
      const { UrlService } = await import('../target/url-service.js');
      return new UrlService(plan);
    }
    case 'container': {
      const { EngineTarget } = await import('../target/container.js');
      return new EngineTarget(plan, watchdog, manifest === null ? null : inImage(manifest));
    }
    case 'manifest':
      throw new Error('a manifest alone cannot be played');
  }
}
