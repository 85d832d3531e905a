import { ApiProblem, UnexpectedAnswer } from './errors';

/** Characters of the largest answer that is read: a page of 200 CDRs of the largest size fits in. */
const MAX_ANSWER_LENGTH = 256 * 1_048_576;

/** The JSON of a success; undefined of 204. Throws ApiProblem on a refusal, UnexpectedAnswer on what the API does not answer. */
export async function readAnswer(request: string, response: Response, maxLength = MAX_ANSWER_LENGTH): Promise<unknown> {
  refuseRedirect(request, response);
  const text = await readText(request, response, maxLength);
  if (!response.ok) throw new ApiProblem(request, response, text);
  if (response.status === 204) return undefined;
  if (!isJson(response.headers.get('content-type')))
    throw new UnexpectedAnswer(request, `${response.status} with ${response.headers.get('content-type')}`, response.status, text);
  try {
    return JSON.parse(text);
  } catch {
    throw new UnexpectedAnswer(request, `${response.status} with broken JSON`, response.status, text);
  }
}

/** The API never redirects. Followed, a redirect would turn a PUT into a GET, and the page of a login into an answer. */
export function refuseRedirect(request: string, { status, type, headers }: Response): void {
  if (type !== 'opaqueredirect' && (status < 300 || status > 399)) return;
  throw new UnexpectedAnswer(
    request,
    `is redirected to ${headers.get('location') ?? 'another place'}: give its URL as \`baseUrl\``,
    status,
  );
}

async function readText(request: string, response: Response, maxLength: number): Promise<string> {
  let text = '';
  for await (const piece of textOf(response)) {
    text += piece;
    if (text.length > maxLength) throw new UnexpectedAnswer(request, `an answer of more than ${maxLength} characters`, response.status);
  }
  return text;
}

/** The body as text, in pieces as they come; a character that is cut in two by a piece's end is whole. Ending the loop early cancels the body. */
export async function* textOf({ body }: Response): AsyncGenerator<string> {
  if (body === null) return;
  const reader = (body as ReadableStream<Uint8Array>).getReader(); // browsers lack its async iterator
  const decoder = new TextDecoder();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      yield decoder.decode(value, { stream: true });
    }
    yield decoder.decode();
  } finally {
    await reader.cancel().catch(() => undefined); // it has failed already, which was thrown
  }
}

function isJson(contentType: string | null): boolean {
  return /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(contentType ?? '');
}
