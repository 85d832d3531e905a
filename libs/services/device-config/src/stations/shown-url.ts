import { REDACTED, redactText } from '@voltbus/ocpp';

/** A URL without its secrets; still a URL. */
export function shownUrl(url: string): string {
  const shown = redactText(url);
  if (URL.canParse(shown)) return shown;
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}/${REDACTED}`;
}
