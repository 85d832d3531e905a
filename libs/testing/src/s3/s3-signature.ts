import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { sign } from 'aws4';

interface S3Credentials {
  accessKeyId: string;
  secretAccessKey: string;
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/\d{8}\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;

/** What S3 answers to a request that is not signed by these credentials (Signature Version 4, computed by another library than the client's); null: it is. */
export function signatureFault(request: IncomingMessage, body: Buffer, region: string, credentials: S3Credentials): string | null {
  const { authorization = '', ...headers } = request.headers;
  const [, accessKeyId, signedFor, names = ''] = AUTHORIZATION.exec(authorization) ?? [];
  if (accessKeyId === undefined) return 'AccessDenied';
  if (accessKeyId !== credentials.accessKeyId) return 'InvalidAccessKeyId';
  if (signedFor !== region) return 'AuthorizationHeaderMalformed';
  const signed = names.split(';');
  const content = headers['x-amz-content-sha256'];
  if (content !== createHash('sha256').update(body).digest('hex')) return 'XAmzContentSHA256Mismatch';
  const again = sign(
    {
      ...{ service: 's3', region, method: request.method ?? '', host: String(headers.host), path: request.url ?? '' },
      headers: Object.fromEntries(signed.map((name) => [name, String(headers[name])])),
      extraHeadersToInclude: Object.fromEntries(signed.map((name) => [name, true])),
    },
    credentials,
  );
  const expected = again.headers['Authorization']?.replaceAll(', ', ',');
  return expected === authorization.replaceAll(', ', ',') ? null : 'SignatureDoesNotMatch';
}
