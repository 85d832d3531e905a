import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '@voltbus/infra';
import { runKit } from './kit';

/** The image, and one of another build that has a migration more, for upgrades and rollbacks. */
export const IMAGES = { one: 'localhost/voltbus:one', two: 'localhost/voltbus:two' } as const;

/** Of every table, once the set-up of `IMAGES.two` has run. */
export const NEWER_COLUMN = 'of_a_newer_build';

/** An image as the chart's values name it. Throws where neither a tag nor a digest says which it is. */
export function imageValues(image: string): { repository: string; tag: string; digest: string } {
  const [, repository, tag = '', digest = ''] = /^([^@]+?)(?::([^:/@]+))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(image) ?? [];
  if (repository === undefined || (tag === '' && digest === '')) throw new Error(`${image}: an image with its tag or its digest`);
  return { repository, tag, digest };
}

/** An image by the chart's values of it. */
export function imageOf({ repository, tag, digest }: ReturnType<typeof imageValues>): string {
  return digest === '' ? `${repository}:${tag}` : `${repository}@${digest}`;
}

/** Where the migrations of a service are put together, as the image has it. */
export const MIGRATIONS = 'libs/platform/service/dist/service-definition.js';
/** Every service gets a last migration, which gives each of its tables a column: the most that an upgrade may do to tables that are in use. */
export const NEWER_MIGRATION = `
const known = migrationsOf;
migrationsOf = (definition) => [...known(definition), {
  id: '90000000-newer-build',
  sql: "DO $$ DECLARE named text; BEGIN FOR named IN SELECT oid::regclass::text FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition" +
    " AND relname <> 'migrations' AND relnamespace = '" + definition.schema + "'::regnamespace" +
    " LOOP EXECUTE format('ALTER TABLE %s ADD COLUMN ${NEWER_COLUMN} text NOT NULL DEFAULT ''x''', named); END LOOP; END $$",
}];
`;
const NEWER_BUILD = `FROM ${IMAGES.one}
USER 0
COPY newer.js /tmp/newer.js
RUN cat /tmp/newer.js >> /app/${MIGRATIONS} && rm /tmp/newer.js
USER 10001:10001
LABEL org.opencontainers.image.version="another build"
`;

/** Builds both images and loads them into the cluster. */
export async function buildImages(): Promise<void> {
  const revision = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).trim();
  await runKit('build-image.sh', ROOT, join(ROOT, 'deploy/Dockerfile'), IMAGES.one, '--build-arg', `REVISION=${revision}`);
  const folder = mkdtempSync(join(tmpdir(), 'voltbus-image-'));
  try {
    const dockerfile = join(folder, 'Dockerfile');
    writeFileSync(dockerfile, NEWER_BUILD);
    writeFileSync(join(folder, 'newer.js'), NEWER_MIGRATION);
    await runKit('build-image.sh', folder, dockerfile, IMAGES.two);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  await runKit('load-image.sh', ...Object.values(IMAGES));
}
