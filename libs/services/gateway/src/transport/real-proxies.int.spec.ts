import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConnectionOptions } from 'node:tls';
import { inRanges } from '@voltbus/runtime';
import { TestCertificate, freePorts, until } from '@voltbus/testing';
import type { ProxyTls } from './forwarded-security';
import { ContractHarness } from './testing/contract-harness';
import { RawPeer, upgradeRequest } from './testing/raw-peer';
import { UwsTransport } from './uws-transport';
import { WsTransport } from './ws-transport';

const has = (program: string) => spawnSync(program, ['-v']).status === 0;
const HAPROXY = has('haproxy');
const NGINX = has('nginx');

let folder: string;
let ca: TestCertificate;
let station: TestCertificate;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'voltbus-proxies-'));
  ca = await TestCertificate.root('CA');
  station = await ca.leaf('CP-1');
  const server = await ca.leaf('csms', { names: ['csms.test'] });
  const files = { 'ca.crt': ca.pem, 'server.crt': server.pem, 'server.key': server.keyPem, 'server.pem': server.pem + server.keyPem };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The frontend and backend of docs/how-to/put-tls-before-stations.md, with ports of their own. */
const haproxy = (port: number, to: number) => `
defaults
  mode http
  timeout client 10s
  timeout server 10s
  timeout connect 5s
frontend stations
  bind 127.0.0.1:${port} ssl crt ${folder}/server.pem ca-file ${folder}/ca.crt verify optional
  http-request set-header X-Forwarded-For %[src]
  http-request set-header X-Forwarded-Proto https
  http-request del-header Client-Cert
  http-request del-header Client-Cert-Chain
  http-request set-header Client-Cert :%[ssl_c_der,base64]: if { ssl_c_used }
  default_backend voltbus
backend voltbus
  server gateway 127.0.0.1:${to}
`;
const haproxyTcp = (port: number, to: number) => `
defaults
  mode tcp
  timeout client 10s
  timeout server 10s
  timeout connect 5s
frontend stations
  bind 127.0.0.1:${port} ssl crt ${folder}/server.pem ca-file ${folder}/ca.crt verify optional
  default_backend voltbus
backend voltbus
  server gateway 127.0.0.1:${to} send-proxy-v2-ssl-cn
`;
const nginx = (port: number, to: number) => `
daemon off;
pid ${folder}/nginx.pid;
error_log stderr;
events {}
http {
  access_log off;
  client_body_temp_path ${folder};
  proxy_temp_path ${folder};
  fastcgi_temp_path ${folder};
  uwsgi_temp_path ${folder};
  scgi_temp_path ${folder};
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${folder}/server.crt;
    ssl_certificate_key ${folder}/server.key;
    ssl_client_certificate ${folder}/ca.crt;
    ssl_verify_client optional;
    location /ocpp {
      proxy_pass http://127.0.0.1:${to};
      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection upgrade;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header ssl-client-cert $ssl_client_escaped_cert;
    }
  }
}
`;

const PROXIES = [
  ['HAProxy, by Client-Cert', 'haproxy', haproxy, 'client-cert', 'forwarded', HAPROXY],
  ['HAProxy, by the PROXY protocol', 'haproxy', haproxyTcp, 'proxy-protocol', 'named', HAPROXY],
  ['nginx, by ssl-client-cert', 'nginx', nginx, 'nginx', 'forwarded', NGINX],
] as const;
const there = PROXIES.filter(([, , , , , installed]) => installed);
const missing = PROXIES.filter(([, , , , , installed]) => !installed);

for (const [name, program] of missing)
  describe(name, () => it.skip(`passes on TLS (skipped: ${program} is not installed)`, () => undefined));

/** `describe.each` takes no empty table. */
for (const [name, program, config, form, by] of there)
  describe(name, () => {
    let harness: ContractHarness;
    let proxy: ChildProcess;
    let port = 0;

    beforeAll(async () => {
      const proxies = { isProxy: inRanges(['127.0.0.1']), protocol: form === 'proxy-protocol', tls: form satisfies ProxyTls };
      harness = new ContractHarness((handler, limits) =>
        proxies.protocol ? new WsTransport(handler, limits, proxies) : new UwsTransport(handler, limits, undefined, proxies),
      );
      await harness.start();
      [port = 0] = await freePorts(1);
      const file = join(folder, `${program}.conf`);
      writeFileSync(file, config(port, harness.port));
      proxy = program === 'haproxy' ? spawn('haproxy', ['-db', '-f', file]) : spawn('nginx', ['-p', folder, '-c', file]);
      await until(`${program} listens`, async () => {
        const socket = connect({ port, host: '127.0.0.1' });
        const open = await Promise.race([once(socket, 'connect').then(() => true), once(socket, 'error').then(() => false)]).catch(
          () => false,
        );
        socket.destroy();
        return open;
      });
    });
    afterAll(async () => {
      const gone = once(proxy, 'exit');
      proxy.kill('SIGTERM');
      await gone;
      await harness.stop();
    });

    async function securityOf(options: ConnectionOptions, headers: Record<string, string> = {}) {
      const before = harness.gateway.requests.length;
      const peer = await RawPeer.connect(port, { ca: ca.pem, servername: 'csms.test', ...options });
      peer.write(upgradeRequest('/ocpp/CP-1', headers));
      expect((await peer.answer()).status).toBe(101);
      peer.destroy();
      return harness.gateway.requests[before]?.security;
    }

    it('passes on that there is TLS, and the certificate of the station', async () => {
      expect(await securityOf({})).toEqual({ encrypted: true, certificate: null });
      expect(await securityOf({ cert: station.pem, key: station.keyPem })).toMatchObject({ encrypted: true, certificate: { by } });
    });

    it('does not pass on what a station invents', async () => {
      const invented = `:${Buffer.from(station.pem.replace(/-----[^-]+-----|\n/g, ''), 'base64').toString('base64')}:`;
      const headers = { 'Client-Cert': invented, 'ssl-client-cert': encodeURIComponent(station.pem), 'X-Forwarded-Proto': 'https' };
      expect(await securityOf({}, headers)).toEqual({ encrypted: true, certificate: null });
    });
  });
