import { type Row, row } from '../row.ts';
import type { Stage } from '../stage.ts';
import { type Address, addressFor, avatarAddress, fileInGroup, fill, form, picture } from '../things.ts';

const toGroup = (file_type: number) => async (stage: Stage) => ({
  file_type,
  to_id: await stage.group(),
  to_type: 2,
});

/** The address of an upload to the group that the caller got while he could; others have one that nobody gave them. */
async function groupAddress(stage: Stage, isFilled = false): Promise<Address> {
  let address: Address = { upload: 'x'.repeat(60), object: '', url: '' };
  await stage.group(async (caller, gid) => {
    address = await addressFor(stage.world, caller, gid);
    stage.given.push(address.upload);
    if (isFilled) await fill(stage.world, address);
  });
  return address;
}

/** Of his own avatar. */
async function ownAddress(stage: Stage): Promise<Address> {
  return avatarAddress(stage.world, stage.caller);
}

const uploadTo = (address: (stage: Stage) => Promise<Address>) => async (stage: Stage) => ({
  upload: (await address(stage)).upload,
});
const tus = () => ({ 'tus-resumable': '1.0.0', 'upload-length': '10' });
const signOf = async (stage: Stage) => ({ file_sign: await fileInGroup(stage) });

/** By the credential of files in the place of the token. */
async function withStoreToken(stage: Stage): Promise<object> {
  return { ...(await signOf(stage)), store_token: stage.caller.storeToken };
}

/** By a link that the owner signed and gave away, which is for whoever has it. */
async function signedLink(stage: Stage): Promise<object> {
  const { file_sign } = await signOf(stage);
  const { url } = await stage.byOwner('fileLink', { file_sign });
  return { file_sign, signed: stage.world.secrets.keep(new URL(url).searchParams.get('signed') ?? '') };
}

async function avatar(stage: Stage): Promise<object> {
  const target = await stage.target;
  const address = await avatarAddress(stage.world, target);
  await fill(stage.world, address, picture());
  return { object_name: address.object };
}

export const fileRows: readonly Row[] = [
  row('fileUploadChat', toGroup(100), { about: 'to the group' }),
  row('fileUploadChat', toGroup(200), { about: 'shared with the group' }),
  row('fileUploadChat', async (stage) => ({ file_type: 100, to_id: (await stage.target).uid, to_type: 1 }), {
    about: 'to the target',
  }),
  row('fileUploadAvatar'),
  row('fileUploadGroupAvatar', async (stage) => ({ group_id: await stage.group() })),
  row('fileUpload', uploadTo(groupAddress), { about: 'to the group', body: () => form() }),
  row('fileUpload', uploadTo(ownAddress), { about: 'of an avatar', body: picture }),
  row('fileResumable', uploadTo(groupAddress), { about: 'to the group', headers: tus }),
  row(
    'fileFinish',
    uploadTo((stage) => groupAddress(stage, true)),
    { about: 'to the group' },
  ),
  row(
    'fileForward',
    async (stage) => ({
      ...(await signOf(stage)),
      to_id: await stage.group(),
      to_type: 2,
    }),
    { about: 'in the group' },
  ),
  row(
    'fileForward',
    async (stage) => ({
      ...(await signOf(stage)),
      to_id: (await stage.target).uid,
      to_type: 1,
    }),
    { about: 'to the target' },
  ),
  row('fileLink', signOf),
  row('storeToken'),
  row('fileDownloadChat', signOf, { about: 'by token' }),
  row('fileDownloadChat', withStoreToken, { about: 'by the credential of files' }),
  row('fileDownloadChat', signedLink, { about: 'by a signed link' }),
  row('fileDownloadAvatar', avatar),
];
