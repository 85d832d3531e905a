import { Controller, Get, Header, Param } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { CsmsError, asyncApi, publicSchemas } from '@voltbus/contracts';
import { Public } from '@voltbus/http';

const DOCUMENT = asyncApi();
const SCHEMAS = publicSchemas();
/** They change with the version of Voltbus and no sooner. */
const CACHED = 'public, max-age=3600';

/** The descriptions of what is on the public topics, for everybody: `/openapi.json` describes the API itself. */
@ApiExcludeController()
@Controller()
export class EventDescriptionsController {
  @Get('asyncapi.json')
  @Public()
  @Header('cache-control', CACHED)
  asyncApi(): object {
    return DOCUMENT;
  }

  /** The schema whose `$id` is `urn:voltbus:schema:<name>:v1`: what `ce_dataschema` names. */
  @Get('schemas/:name/v1.json')
  @Public()
  @Header('cache-control', CACHED)
  @Header('content-type', 'application/schema+json; charset=utf-8')
  schema(@Param('name') name: string): object {
    const schema = SCHEMAS.get(name);
    if (schema === undefined) throw new CsmsError('not-found', `there is no such schema: there are ${[...SCHEMAS.keys()].join(', ')}`);
    return schema;
  }
}
