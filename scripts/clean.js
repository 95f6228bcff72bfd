// Removes the previous build, so that a file deleted from src cannot live on in dist.
import { rm } from 'node:fs/promises';

await rm(new URL('../dist', import.meta.url), { recursive: true, force: true });
