/** The part that is used of aws4, which has no types of its own. */
declare module 'aws4' {
  interface SignedRequest {
    service: string;
    region: string;
    method: string;
    host: string;
    path: string;
    headers: Record<string, string>;
    extraHeadersToInclude?: Record<string, boolean>;
  }
  export function sign(
    request: SignedRequest,
    credentials: { accessKeyId: string; secretAccessKey: string },
  ): { headers: Record<string, string> };
}
