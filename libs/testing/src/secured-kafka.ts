import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNativeKafka } from '@voltbus/infra';
import { TestCertificate } from './pki/certificates';

/** Files of certificates and keys, by the names of what they are for. */
export interface TestPki {
  folder: string;
  /** The CA of all that follows. */
  ca: string;
  /** Another one. */
  strangeCa: string;
  /** Of `localhost`, and of no address. */
  server: { cert: string; key: string };
  client: { cert: string; key: string };
  /** A client certificate of the other CA. */
  strange: { cert: string; key: string };
  remove(): void;
}

/** Certificates for a server of its own and its clients. The client's common name is `voltbus`. */
export async function testPki(): Promise<TestPki> {
  const folder = mkdtempSync(join(tmpdir(), 'voltbus-pki-'));
  const [root, other] = await Promise.all([TestCertificate.root('CA'), TestCertificate.root('another CA')]);
  const [server, client, strange] = await Promise.all([
    root.leaf('server', { names: ['localhost'] }),
    root.leaf('voltbus'),
    other.leaf('voltbus'),
  ]);
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const pair = (name: string, { pem, keyPem }: TestCertificate) => ({ cert: file(`${name}.crt`, pem), key: file(`${name}.key`, keyPem) });
  return {
    folder,
    ca: file('ca.crt', root.pem),
    strangeCa: file('strange-ca.crt', other.pem),
    server: pair('server', server),
    client: pair('client', client),
    strange: pair('strange', strange),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export interface SecuredKafka {
  /** Plain. */
  brokers: string[];
  /** TLS; TLS with client certificates; SASL over TLS. */
  listeners: Record<'TLS' | 'MTLS' | 'SASL', string>;
  stop(): Promise<void>;
}

/** A broker with listeners for all that is supported. The users are `voltbus`, and `stranger` without any rights, with the same password; tokens are unsecured JWTs, which only a broker for tests accepts. */
export async function securedKafka(pki: TestPki, password: string): Promise<SecuredKafka> {
  const folder = join(pki.folder, 'kafka');
  mkdirSync(folder, { recursive: true });
  const login = (module: string, rest = '') => `org.apache.kafka.common.security.${module} required${rest};`;
  const kafka = await startNativeKafka(folder, undefined, {
    protocols: { TLS: 'SSL', MTLS: 'SSL', SASL: 'SASL_SSL' },
    properties: {
      'ssl.keystore.type': 'PEM',
      'ssl.keystore.certificate.chain': inOneLine(pki.server.cert),
      'ssl.keystore.key': inOneLine(pki.server.key),
      'ssl.truststore.type': 'PEM',
      'ssl.truststore.location': pki.ca,
      'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      'super.users': 'User:ANONYMOUS;User:voltbus;User:CN=voltbus',
      'listener.name.mtls.ssl.client.auth': 'required',
      'listener.name.sasl.sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER',
      'listener.name.sasl.plain.sasl.jaas.config': login('plain.PlainLoginModule', ` user_voltbus="${password}"`),
      'listener.name.sasl.scram-sha-256.sasl.jaas.config': login('scram.ScramLoginModule'),
      'listener.name.sasl.scram-sha-512.sasl.jaas.config': login('scram.ScramLoginModule'),
      'listener.name.sasl.oauthbearer.sasl.jaas.config': login(
        'oauthbearer.OAuthBearerLoginModule',
        ' unsecuredLoginStringClaim_sub="broker"',
      ),
    },
    scram: ['voltbus', 'stranger'].flatMap((name) =>
      ['SCRAM-SHA-256', 'SCRAM-SHA-512'].map((mechanism) => `${mechanism}=[name=${name},password=${password}]`),
    ),
  });
  return { brokers: kafka.brokers, listeners: kafka.listeners as SecuredKafka['listeners'], stop: () => kafka.stop() }; // the protocols' names
}

function inOneLine(file: string): string {
  return readFileSync(file, 'utf8').trim().replaceAll('\n', '\\n');
}
