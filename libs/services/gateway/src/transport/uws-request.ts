import type * as uws from 'uwebsockets';
import { clientAddress, clientSecurity, type Proxies } from './client-address';
import { PLAIN } from './connection-security';
import type { UpgradeRequest } from './station-transport';
import { addressOfBytes, parseOffer } from './upgrade-request';

/** The parts of a request that are used. */
export interface Head {
  request: UpgradeRequest;
  key: string;
  connection: string | undefined;
  upgrade: string | undefined;
  version: string | undefined;
  bytes: number;
}

/** Reads the request, which lives on the native stack and may not be read later. */
export function readHead(res: uws.HttpResponse, req: uws.HttpRequest, proxies: Proxies): Head {
  const headers = new Map<string, string>();
  const [path, query] = [req.getUrl(), req.getQuery() ?? '']; // undefined without a question mark, although the type has no undefined
  let bytes = path.length + query.length;
  req.forEach((name, value) => {
    bytes += name.length + value.length + 4;
    const earlier = headers.get(name);
    headers.set(name, earlier === undefined ? value : `${earlier}, ${value}`);
  });
  const peer = addressOfBytes(new Uint8Array(res.getRemoteAddress()));
  return {
    request: {
      path,
      query,
      offered: parseOffer(headers.get('sec-websocket-protocol')),
      authorization: headers.get('authorization'),
      userAgent: headers.get('user-agent'),
      remoteAddress: clientAddress(proxies, peer, headers.get('x-forwarded-for')),
      security: clientSecurity(proxies, peer, (name) => headers.get(name)) ?? PLAIN,
    },
    key: headers.get('sec-websocket-key') ?? '',
    connection: headers.get('connection'),
    upgrade: headers.get('upgrade'),
    version: headers.get('sec-websocket-version'),
    bytes,
  };
}
