import type { KafkaConfig, SASLOptions } from 'kafkajs';
import { connect, isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { TlsFiles } from '@voltbus/tls';
import { oauthbearer, type KafkaTokenProvider } from './oauthbearer';

/** How a client gets in at the brokers. Nothing: plain text, and no name. */
export interface KafkaAccess {
  tls?: {
    files: TlsFiles;
    /** The name that the brokers' certificates must have, where it is not the one they are reached by. */
    serverName?: string | undefined;
  };
  sasl?:
    | { mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; username: string; password: string }
    | { mechanism: 'oauthbearer'; token: KafkaTokenProvider };
}

const KEEP_ALIVE_MS = 60_000;
/** A connection with TLS takes two round trips more. */
const CONNECTION_TIMEOUT_MS = { plain: 1_000, tls: 3_000 };
/** kafkajs's options. */
export function accessOptions({ tls, sasl }: KafkaAccess): Pick<KafkaConfig, 'ssl' | 'sasl' | 'socketFactory' | 'connectionTimeout'> {
  return {
    connectionTimeout: tls === undefined ? CONNECTION_TIMEOUT_MS.plain : CONNECTION_TIMEOUT_MS.tls,
    ssl: tls !== undefined,
    socketFactory: socketFactoryOf(tls),
    ...(sasl === undefined ? {} : { sasl: saslOptions(sasl) }),
  };
}

/** As kafkajs's own, without Nagle's delay (requests are written whole and wait for their answers), and with certificates as they are on disk by then. */
function socketFactoryOf(tls: KafkaAccess['tls']): NonNullable<KafkaConfig['socketFactory']> {
  return ({ host, port, onConnect }) => {
    const socket = tls === undefined ? connect({ host, port }, onConnect) : connectTls(tlsOptions(tls, host, port), onConnect);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    return socket;
  };
}

/** Without a `servername`, which an address cannot be (RFC 6066), the certificate is compared with the host. */
export function tlsOptions({ files, serverName }: NonNullable<KafkaAccess['tls']>, host: string, port: number) {
  const name = serverName ?? (isIP(host) === 0 ? host : undefined);
  return { host, port, secureContext: files.secureContext(), ...(name === undefined ? {} : { servername: name }) };
}

function saslOptions(sasl: NonNullable<KafkaAccess['sasl']>): NonNullable<KafkaConfig['sasl']> {
  return sasl.mechanism === 'oauthbearer' ? oauthbearer(sasl.token) : ({ ...sasl } as SASLOptions); // its union has a member for each mechanism
}
