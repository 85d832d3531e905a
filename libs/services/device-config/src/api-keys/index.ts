export { apiKeys } from './block';
export { type ApiKeyIssuer } from './api-key-issuer';
export { removeApiKeys } from './store/typeorm-api-keys';
