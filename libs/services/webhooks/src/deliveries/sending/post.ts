import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';

interface PostRequest {
  url: URL;
  /** Where the connection goes, whatever a name server says meanwhile. */
  addresses: readonly string[];
  headers: Readonly<Record<string, string>>;
  body: string;
  /** Ends it at any point. */
  signal: AbortSignal;
}

export interface PostAnswer {
  status: number;
  retryAfter: string | undefined;
  /** The beginning of the body, as far as it came. */
  excerpt: string;
}

/** Bytes of an answer that are read; the connection is closed then. */
const MAX_READ_BYTES = 4_096;

/**
 * Posts a body on a connection of its own. The status is the answer: a body that is long, slow, or cut off changes nothing, and of it only the beginning is
 * read. Redirects are answers like any other. Certificates are verified. Rejects where no status came.
 */
export function post({ url, addresses, headers, body, signal }: PostRequest): Promise<PostAnswer> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent: false, headers, lookup: pinned(addresses) });
    // not left to the request: it says nothing of a signal once its socket is gone
    let answered = false;
    const abort = (): void => {
      if (!answered) reject(signal.reason as Error); // of AbortSignal.timeout, or of the stop
      sent.destroy();
    };
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    sent.on('error', reject); // after the answer it changes nothing
    sent.once('response', (response) => {
      answered = true;
      void read(response).then((excerpt) => resolve(answerOf(response, excerpt)));
    });
    // without a listener Node closes the socket, and there is neither an answer nor an error
    sent.once('upgrade', (response, socket) => {
      socket.destroy();
      resolve(answerOf(response, ''));
    });
    sent.end(body);
  });
}

/** The look-up that a socket makes of a name: the addresses that were judged. */
function pinned(addresses: readonly string[]): LookupFunction {
  const found = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_name, options, callback) => {
    const [first] = found;
    if (options.all === true) callback(null, found);
    else if (first === undefined) callback(new Error('no address'), '', 0);
    else callback(null, first.address, first.family);
  };
}

/** Reads until the end, the bound, or the end of the connection. */
function read(response: IncomingMessage): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const end = (): void => {
      response.destroy();
      resolve(Buffer.concat(chunks).subarray(0, MAX_READ_BYTES).toString('utf8'));
    };
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= MAX_READ_BYTES) end();
    });
    response.once('close', end);
    response.on('error', end);
    response.once('end', end);
  });
}

function answerOf({ statusCode = 0, headers }: IncomingMessage, excerpt: string): PostAnswer {
  return { status: statusCode, retryAfter: headers['retry-after'], excerpt };
}
