import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '@voltbus/infra';
import { runKit } from './kit';

/** The image, and one that differs from it in a label: another build, for upgrades and rollbacks. */
export const IMAGES = { one: 'localhost/voltbus:one', two: 'localhost/voltbus:two' } as const;

/** An image as the chart's values name it. */
export function imageValues(image: string): { repository: string; tag: string } {
  const [repository = '', tag = ''] = image.split(':');
  return { repository, tag };
}

/** Builds both images and loads them into the cluster. */
export async function buildImages(): Promise<void> {
  const revision = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).trim();
  await runKit('build-image.sh', ROOT, join(ROOT, 'deploy/Dockerfile'), IMAGES.one, '--build-arg', `REVISION=${revision}`);
  const folder = mkdtempSync(join(tmpdir(), 'voltbus-image-'));
  try {
    const dockerfile = join(folder, 'Dockerfile');
    writeFileSync(dockerfile, `FROM ${IMAGES.one}\nLABEL org.opencontainers.image.version="another build"\n`);
    await runKit('build-image.sh', folder, dockerfile, IMAGES.two);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  await runKit('load-image.sh', ...Object.values(IMAGES));
}
