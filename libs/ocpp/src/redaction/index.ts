export { REDACTED } from './secret-names';
export { maySayASecret, redact, redactText, withoutSecrets, type Redacted, type RedactOptions } from './redact';
