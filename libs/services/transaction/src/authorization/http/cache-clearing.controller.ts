import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { ApiZodBody, ApiZodResponse, Needs, OF_TENANT, Tenant, zodBody } from '@voltbus/http';
import { z } from 'zod';
import { CacheClearing } from '../cache-clearing';
import { idTokenSchema } from './token';

/** The requester in the commands. */
const REQUESTED_BY = 'api';

const clearCacheSchema = z
  .strictObject({
    idToken: idTokenSchema.optional().describe('Only stations at which it charged in the last 90 days; absent: all at which anybody did'),
  })
  .prefault({})
  .meta({ id: 'ClearCachePost', description: 'Whose caches to clear' });
const clearedSchema = z
  .object({ commands: z.array(z.uuid()).describe('One for each station, kept for a day while it is away') })
  .meta({ id: 'ClearCacheResult', description: 'The commands that clear them' });

/** Clears the caches of stations after a token was blocked, changed or removed. */
@Controller('v1/tokens')
export class CacheClearingController {
  constructor(private readonly caches: CacheClearing) {}

  @Post('clear-cache')
  @Needs('tokens:write', OF_TENANT)
  @HttpCode(202)
  @ApiOperation({ operationId: 'clearCaches', summary: 'Have stations forget what they remember of tokens' })
  @ApiZodBody(clearCacheSchema)
  @ApiZodResponse(202, clearedSchema)
  async clear(
    @Tenant() tenant: string,
    @Body(zodBody(clearCacheSchema)) { idToken }: z.output<typeof clearCacheSchema>,
  ): Promise<{ commands: string[] }> {
    const commands = await this.caches.clear(tenant, idToken ?? null, REQUESTED_BY);
    return { commands: commands.map(({ id }) => id) };
  }
}
