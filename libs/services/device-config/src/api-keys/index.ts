export { apiKeys } from './block';
export { type ApiKeyIssuer } from './api-key-issuer';
