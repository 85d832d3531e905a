import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, readSettings, type ProcessName } from '@voltbus/runtime';
import { parse } from 'yaml';
import { ROOT } from './render';

const dockerfile = readFileSync(join(ROOT, 'deploy/Dockerfile'), 'utf8').replace(/\\\n/g, ' ').split('\n');
const ignored = readFileSync(join(ROOT, '.dockerignore'), 'utf8').split('\n');
const steps = (name: string): string[] =>
  dockerfile.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));

describe('the Dockerfile', () => {
  const copied = steps('COPY')
    .filter((step) => !step.startsWith('--from'))
    .flatMap((step) => step.split(' ').slice(0, -1));

  it.each(copied)('copies %s, which exists and is not ignored', (file) => {
    expect(existsSync(join(ROOT, file))).toBe(true);
    expect(ignored[1]).toBe('*');
    expect(ignored).toContain(`!${file}`);
  });

  it('copies the files that the build reads', () => {
    for (const file of ['package.json', 'package-lock.json', '.npmrc', '.swcrc', 'nx.json', 'apps', 'libs', 'tools'])
      expect(copied).toContain(file);
  });

  it('runs as a user without rights, on a C library that uWebSockets.js supports', () => {
    expect(steps('USER').at(-1)).toBe('10001:10001');
    expect(steps('ARG')).toContain('BASE=node:24-trixie-slim');
    expect(steps('FROM')).toEqual(['${BASE} AS manifests', '${BASE} AS build', '${BASE}']);
    expect(steps('RUN').at(-1)).toContain('uwebsockets');
  });
});

describe('deploy/docker-compose.yml', () => {
  interface Service {
    image?: string;
    command?: string[];
    environment?: Record<string, string | number>;
    depends_on?: Record<string, { condition: string }>;
    secrets?: string[];
    volumes?: string[];
    read_only?: boolean;
  }
  const { services, secrets } = parse(readFileSync(join(ROOT, 'deploy/docker-compose.yml'), 'utf8'), { merge: true }) as {
    services: Record<string, Service>;
    secrets: Record<string, { file: string }>;
  };
  const processes = Object.entries(services).flatMap(([name, service]) => {
    const [, app] = /apps\/([\w-]+)\/dist\/main\.js/.exec(service.command?.join(' ') ?? '') ?? [];
    return app === undefined ? [] : [[name, app as ProcessName, service] as const];
  });

  it('has two gateways and every service', () => {
    expect(processes.map(([, app]) => app).sort()).toEqual([
      'api',
      'cdr',
      'device-config',
      'gateway',
      'gateway',
      'router',
      'setup',
      'transaction',
      'webhooks',
    ]);
  });

  it.each(processes)('%s has all settings that its process needs, and no others', (_name, app, { environment = {}, secrets: own = [] }) => {
    const given: Record<string, string> = {};
    for (const [name, value] of Object.entries(environment)) {
      const secret = /^\/run\/secrets\/(.+)$/.exec(String(value))?.[1];
      if (secret === undefined) given[name] = String(value);
      else {
        expect(own).toContain(secret);
        expect(secrets).toHaveProperty(secret);
        given[name.replace(/_FILE$/, '')] = readFileSync(join(ROOT, 'deploy', secrets[secret]?.file ?? ''), 'utf8').trim();
      }
    }
    expect(() => readSettings(given, 'cluster', app)).not.toThrow(ConfigError);
  });

  it.each(processes)(
    '%s starts after the set-up, with a read-only root file system',
    (name, _app, { depends_on: after = {}, read_only: readOnly }) => {
      expect(readOnly).toBe(true);
      if (name !== 'setup') expect(after['setup']?.condition).toBe('service_completed_successfully');
    },
  );

  it('puts HAProxy before both gateways and the API', () => {
    const proxy = readFileSync(join(ROOT, 'deploy/haproxy.cfg'), 'utf8');
    expect([...proxy.matchAll(/^\s*server \S+ (\S+)/gm)].map(([, address]) => address).sort()).toEqual([
      'api:8080',
      'gateway-1:9000',
      'gateway-2:9000',
    ]);
    expect(services['haproxy']?.volumes?.join()).toContain('./haproxy.cfg');
    expect(readdirSync(join(ROOT, 'deploy'))).toContain('haproxy.cfg');
  });
});
