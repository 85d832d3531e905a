export { REDACTED, isSecretName } from './secret-names';
export { mayContainSecret, redact, redactText, withoutSecrets, type Redacted, type RedactOptions } from './redact';
