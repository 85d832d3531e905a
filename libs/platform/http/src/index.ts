export { AdminOnly, AuthGuard, Public } from './auth.guard';
export { type Caller } from './caller';
export { describeModule } from './describe-module';
export { httpFace } from './http-face';
export { ApiZodBody, ApiZodQuery, ApiZodResponse, describeApi } from './openapi';
export { MAX_LIMIT, page, pageQuerySchema, type Page, type PageQuery } from './paging';
export { ProblemFilter, problemOf, type Problem } from './problem.filter';
export { TENANT_HEADER, Tenant } from './tenant';
export { zodBody, zodQuery } from './zod.pipes';
