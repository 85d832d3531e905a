import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as contracts from '@voltbus/contracts';
import { ROOT, shipped, sources, tracked } from './sources';

const { testTimeout: COMMON_TIMEOUT_MS } = require(join(ROOT, 'jest.config.cjs')) as { testTimeout: number };
const { projects } = require(join(ROOT, 'tools/workspace.cjs')) as { projects(): Record<string, string> }; // plain Node, for Jest's configurations too

interface Manifest {
  nx: { tags: string[]; targets: object };
}
const readJson = (file: string): Manifest => JSON.parse(readFileSync(file, 'utf8')) as Manifest; // a package.json of ours

function filesIn(folder: string): string[] {
  if (!existsSync(join(ROOT, folder))) return []; // not built here
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((path) => `${folder}/${path}`);
}

describe('the environment', () => {
  it('is read by platform/runtime alone', () => {
    const readers = shipped().filter(({ path, text }) => /process\.env\b/.test(text) && !path.startsWith('libs/platform/runtime/'));
    expect(readers.map(({ path }) => path)).toEqual([]);
  });
});

describe('domain/', () => {
  const domain = shipped().filter(({ path }) => path.includes('/domain/'));

  it('is there to be looked at', () => expect(domain.length).toBeGreaterThan(5));

  it.each(domain.map((source) => [source.path, source.text] as const))(
    '%s has no clock, no chance, no await and no framework',
    (_path, text) => {
      expect(text).not.toMatch(
        /Date\.now\(|new Date\(\)|Math\.random\(|\bawait\b|process\.|from '(@nestjs|typeorm|kafkajs|ioredis|@voltbus\/ocpp)/,
      );
    },
  );
});

describe('every library', () => {
  const libraries = Object.entries(projects()).filter(([, folder]) => folder.startsWith('libs/'));

  it.each(libraries)('%s has a public index, and a README whose first line is its purpose', (_name, folder) => {
    const { description } = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as { description: string };
    const [first] = readFileSync(join(ROOT, folder, 'README.md'), 'utf8').split('\n');
    expect(first?.replace(/\.$/, '').toLowerCase()).toBe(description.toLowerCase());
    expect(readFileSync(join(ROOT, folder, 'src/index.ts'), 'utf8')).toMatch(/export/);
  });
});

describe('every block', () => {
  it('has a README whose first line is its purpose', () => {
    const folders = tracked('libs/services/*/src/*/block.ts', 'libs/services/*/src/*/README.md').flatMap(
      (path) => /^(libs\/services\/[^/]+\/src\/[^/]+)\/[^/]+$/.exec(path)?.[1] ?? [],
    );
    const purposeless = [...new Set(folders)].filter((folder) => {
      const readme = join(ROOT, folder, 'README.md');
      return !existsSync(readme) || !/^[^#\s].{10,}\.$/.test(readFileSync(readme, 'utf8').split('\n')[0] ?? '');
    });
    expect(purposeless).toEqual([]);
  });
});

describe('what is built', () => {
  const manifests = Object.values(projects()).map((folder) => ({ folder, manifest: readJson(join(ROOT, folder, 'package.json')) }));

  it('is nothing of testing: no library for tests has a build, and no dist has a spec or a testing/ folder', () => {
    const builds = manifests.filter(({ manifest: { nx } }) => 'build' in nx.targets);
    expect(builds.length).toBeGreaterThan(10);
    expect(builds.filter(({ manifest: { nx } }) => nx.tags.includes('type:testing')).map(({ folder }) => folder)).toEqual([]);
    const built = builds.flatMap(({ folder }) => filesIn(join(folder, 'dist')));
    expect(built.filter((path) => /\.spec\.|\/testing\//.test(path))).toEqual([]);
  });
});

describe('a topic', () => {
  const topics = new Map(
    Object.entries(contracts).filter(([, value]) => typeof value === 'object' && value !== null && 'writers' in value),
  ) as Map<string, contracts.Topic>;
  const written = shipped().flatMap(({ path, text }) => {
    const [, service] = /^libs\/services\/([^/]+)\//.exec(path) ?? [];
    const names = [...text.matchAll(/(?:publish\(\s*|topic: )([A-Z_]+)\b(?!,\s*read\b)/g)].map(([, name]) => name ?? '');
    return service === undefined
      ? []
      : names.filter((name) => topics.has(name) && !/follow\(|subscribe\(/.test(text)).map((name) => ({ service, name, path }));
  });

  it('is named in contracts alone', () => {
    const namers = shipped().filter(
      ({ path, text }) => /['"]csms\.[a-z-]+(\.[a-z-]+)*\.v\d/.test(text) && path !== 'libs/contracts/src/topics.ts',
    );
    expect(namers.map(({ path }) => path)).toEqual([]);
  });

  it('is written somewhere by services', () => expect(written.length).toBeGreaterThan(4));

  it.each(written.map((one) => [one.name, one.service, one.path] as const))('%s lists %s among its writers (%s)', (name, service) => {
    expect(topics.get(name)?.writers).toContain(service);
  });

  // the rights that docs/reference/topics.md grants come from here: one that is missing stops a service, one too many is a risk
  it('lists as its readers the services that handle its events or follow it, and the API where it shows them', () => {
    const handled = shipped().flatMap(({ path, text }) => {
      const [, service = ''] = /^libs\/services\/([^/]+)\//.exec(path) ?? [];
      if (service === '') return []; // a block of `platform/service` is read by the services that list it
      const listed = [
        ...(/\bdeletedTenants\(/.test(text) ? ['TENANTS'] : []),
        ...(/\btokenErasures\(/.test(text) ? ['TOKEN_ERASURES'] : []),
      ];
      const handlers = [...text.matchAll(/on(?:Each|Batch|Records)\(\s*\[?([A-Z_]+)(?:\.events\b|,)/g)].map(([, name]) => name ?? '');
      const destructured = path.endsWith('/block.ts') ? [...text.matchAll(/= ([A-Z_]+)\.events;/g)].map(([, name]) => name ?? '') : [];
      const followed = /\.follow\(/.test(text) ? [...text.matchAll(/topic: ([A-Z_]+)\b/g)].map(([, name]) => name ?? '') : [];
      const shown = service === 'live' ? [...text.matchAll(/^ {2}\[([A-Z_]+), /gm)].map(([, name]) => name ?? '') : [];
      const posted = (/WEBHOOK_TOPICS = \[([^\]]*)\]/.exec(text)?.[1] ?? '').split(', ');
      const reader = service === 'live' || /result-waiters/.test(path) ? 'api' : service;
      return [...listed, ...handlers, ...destructured, ...followed, ...shown, ...posted]
        .filter((name) => topics.has(name))
        .map((name) => `${reader} ${name}`);
    });
    const declared = [...topics].flatMap(([name, { readers }]) => readers.map((reader) => `${reader} ${name}`));
    expect([...new Set(handled)].sort()).toEqual(declared.sort());
  });
});

describe('a test', () => {
  it('that is skipped gives the reason in its title: (skipped: ...)', () => {
    const silent = sources()
      .filter(({ path }) => path !== 'tools/tidy/src/conventions.spec.ts')
      .flatMap(({ path, text }) => text.split('\n').map((line, index) => ({ line, place: `${path}:${index + 1}` })))
      .filter(({ line }) => /\b(?:it|test|describe)\.(?:skip|todo)\b|\bx(?:it|test|describe)\(/.test(line) && !line.includes('(skipped: '));
    expect(silent.map(({ place }) => place)).toEqual([]);
  });

  it('has no time-out below the common one of jest.config.cjs: a slow machine is no failure', () => {
    const short = sources()
      .filter(({ path }) => path.endsWith('.spec.ts'))
      .flatMap(({ path, text }) =>
        [...text.matchAll(/jest\.setTimeout\(([\d_]+)\)|^ *\}, ([\d_]{4,})\);$|^ *([\d_]{4,}),\n *\);$/gm)]
          .map(([, ...found]) => Number(found.find((one) => one !== undefined)?.replaceAll('_', '')))
          .filter((ms) => ms < COMMON_TIMEOUT_MS)
          .map((ms) => `${path}: ${ms}`),
      );
    expect(short).toEqual([]);
  });

  it('is never the only one that runs', () => {
    const alone = sources().filter(
      ({ path, text }) => path !== 'tools/tidy/src/conventions.spec.ts' && /\b(?:it|test|describe)\.only\b/.test(text),
    );
    expect(alone.map(({ path }) => path)).toEqual([]);
  });
});
