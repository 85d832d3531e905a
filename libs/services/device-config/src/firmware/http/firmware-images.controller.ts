import { Controller, Delete, Get, HttpCode, Param, Patch, Put, Query } from '@nestjs/common';
import { CsmsError } from '@voltbus/contracts';
import { shownAs } from '@voltbus/database';
import {
  ApiDelete,
  ApiGet,
  ApiList,
  ApiPatch,
  ApiPut,
  Audited,
  ChangeOf,
  EntityTag,
  Needs,
  OF_TENANT,
  Tenant,
  zodParam,
  zodQuery,
  type Auditing,
  type ListPage,
  type ResourceChange,
  type Tagged,
} from '@voltbus/http';
import type { z } from 'zod';
import type { FirmwareImage } from '../domain/firmware-image';
import { FirmwareImages } from '../firmware-images';
import type { GivenImage } from '../sealed-urls';
import { TypeormFirmwareImages } from '../store/typeorm-firmware-images';
import { imageList, imageNameSchema, imageResource, imageSchema, imageView } from './firmware-image';

type ShownImage = z.output<typeof imageSchema>;
type ImageChange = ResourceChange<typeof imageResource.schema, FirmwareImage>;
const NAME = zodParam('image', imageNameSchema);
const AUDITED: Auditing<FirmwareImagesController> = {
  view: (controller, { tenant, params }) => controller.show(tenant, params['image'] ?? ''),
};

/** Firmware that stations can be updated to. The files are where their URLs say, or here. */
@Controller('v1/firmware-images')
export class FirmwareImagesController {
  constructor(
    private readonly images: FirmwareImages,
    private readonly store: TypeormFirmwareImages,
  ) {}

  @Get()
  @Needs('firmware:read', OF_TENANT)
  @ApiList(imageList)
  list(@Tenant() tenant: string, @Query(zodQuery(imageList.query)) query: z.output<typeof imageList.query>): Promise<ListPage<ShownImage>> {
    return imageList.page(
      query,
      shownAs(this.store.list(tenant), (images) => images.map(imageView)),
    );
  }

  @Get(':image')
  @Needs('firmware:read', OF_TENANT)
  @ApiGet(imageSchema)
  async one(
    @Tenant() tenant: string,
    @Param('image') name: string,
    @EntityTag(imageResource) tagged: Tagged<FirmwareImage>,
  ): Promise<ShownImage> {
    return imageView(tagged(await this.find(tenant, name)));
  }

  /** An update that was asked for before has the image as it was. */
  @Put(':image')
  @Audited(AUDITED)
  @Needs('firmware-images:write', OF_TENANT)
  @ApiPut(imageResource, imageSchema)
  async put(
    @Tenant() tenant: string,
    @Param('image', NAME) name: string,
    @ChangeOf(imageResource) change: ImageChange,
  ): Promise<ShownImage> {
    const decide = (before: FirmwareImage | null): GivenImage => ({ ...change.decide(before), image: name });
    return imageView(change.stored(await this.images.change(tenant, name, decide, (after) => change.writes(after))));
  }

  @Patch(':image')
  @Audited(AUDITED)
  @Needs('firmware-images:write', OF_TENANT)
  @ApiPatch(imageResource, imageSchema)
  async patch(
    @Tenant() tenant: string,
    @Param('image', NAME) name: string,
    @ChangeOf(imageResource) change: ImageChange,
  ): Promise<ShownImage> {
    return this.put(tenant, name, change);
  }

  /** Updates that were asked for go on, because each has a copy of the image; the file of one that is kept here must not be in use. */
  @Delete(':image')
  @Audited(AUDITED)
  @Needs('firmware-images:write', OF_TENANT)
  @ApiDelete()
  @HttpCode(204)
  async remove(@Tenant() tenant: string, @Param('image') name: string, @ChangeOf(imageResource) change: ImageChange): Promise<void> {
    if (!imageNameSchema.safeParse(name).success) throw new CsmsError('not-found', 'no such firmware image');
    await this.images.remove(tenant, name, (before) => change.mayRemove(before));
  }

  /** Throws `not-found` where there is none. */
  async show(tenant: string, name: string): Promise<ShownImage> {
    return imageView(await this.find(tenant, name));
  }

  private async find(tenant: string, name: string): Promise<FirmwareImage> {
    const image = imageNameSchema.safeParse(name).success ? await this.store.find(tenant, name) : null;
    if (image === null) throw new CsmsError('not-found', 'no such firmware image');
    return image;
  }
}
