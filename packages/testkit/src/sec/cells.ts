import { type Role, readCells } from './roles.ts';

/**
 * Who may do what: a line for each endpoint and each way to call it, a letter for each role. Roles are explained at `columns`,
 * letters at `outcomes`, both in `roles.ts`; what a line is about is made in `rows/`.
 */
const endpointCells = `
                                              nobody, ended, foreign
                                              |   otherApp
                                              |   | stranger, friend, blocked
                                              |   | |   former, member, banned, admin, owner
                                              |   | |   |     service, operator, otherService
# Oneself
dns                                           +++ + +++ +++++ +++
appConfig                                     +++ + +++ +++++ +++
supportStaff                                  -xf 0 000 00000 uuu
# One's name and password are of no use in another app.
tokenByName                                   ++X + +++ +++++ +++
tokenById                                     ++X + +++ +++++ +++
tokenByLogin                                  ++X + +++ +++++ +++
tokenRevoke                                   -xf + +++ +++++ uuu
loginCode                                     +++ + +++ +++++ +++
loginCodeAnswer                               +++ + +++ +++++ +++
loginCodeConfirm                              -xf + +++ +++++ uuu
userRegister                                  +++ + +++ +++++ +++
userRegisterAnonymous                         +++ + +++ +++++ +++
userNameCheck                                 +++ + +++ +++++ +++
userProfile                                   -xf + +++ +++++ uuu
userProfileUpdate                             -xf + +++ +++++ uuu
userPublic                                    -xf + +++ +++++ uuu
userPrivate                                   -xf + +++ +++++ uuu
userNickName                                  -xf + +++ +++++ uuu
userName                                      -xf + +++ +++++ uuu
userMobile                                    -xf + +++ +++++ uuu
userAvatar                                    -xf + +++ +++++ uuu
userSettings                                  -xf + +++ +++++ uuu
userSettingsUpdate                            -xf + +++ +++++ uuu
userSettingsUpdate: of the target's           -xf p ppp ppppp uuu
userAuthMode                                  -xf + +++ +++++ uuu
userDownload                                  -xf + +++ +++++ uuu
userSounds                                    -xf + +++ +++++ uuu
userVibratory                                 -xf + +++ +++++ uuu
userPush                                      -xf + +++ +++++ uuu
userPushDetail                                -xf + +++ +++++ uuu
userPushLimit                                 -xf + +++ +++++ uuu
userPushNickName                              -xf + +++ +++++ uuu
userChangePassword                            -xf + +++ +++++ uuu
userDelete                                    -xf + +++ +++++ uuu
deviceList                                    -xf + +++ +++++ uuu
deviceRemove: own                             -xf + +++ +++++ uuu
deviceKick                                    -xf + +++ +++++ uuu
pushTokenBind                                 -xf + +++ +++++ uuu
pushTokenUnbind                               -xf + +++ +++++ uuu
pushAlias                                     -xf + +++ +++++ uuu
pushBadge                                     -xf + +++ +++++ uuu
pushTags                                      -xf 0 000 00000 uuu
pushTagsAdd                                   -xf + +++ +++++ uuu
pushTagsRemove                                -xf + +++ +++++ uuu
pushTagsClear                                 -xf + +++ +++++ uuu

# Friends
rosterList                                    -xf 0 0+0 00000 uuu
rosterDetails                                 -xf 0 +++ +++++ uuu
rosterById                                    -xf U +++ +++++ uuu
rosterByName                                  -xf U +++ +++++ uuu
rosterByMobile                                -xf U +++ +++++ uuu
rosterApply                                   -xf U +Fb +++++ uuu
rosterApplyBatch                              -xf % +%% +++++ uuu
rosterApplyList: own                          -xf + +++ +++++ uuu
rosterApplyList: of somebody else             -xf 0 000 00000 uuu
rosterAccept: what he was asked               -xf + +++ +++++ uuu
rosterAccept: what somebody else was asked    -xf a aaa aaaaa uuu
rosterDecline: what he was asked              -xf + +++ +++++ uuu
rosterDecline: what somebody else was asked   -xf a aaa aaaaa uuu
rosterDelete                                  -xf U +++ +++++ uuu
rosterExt                                     -xf p p+p ppppp uuu
rosterBlock                                   -xf U +++ +++++ uuu
rosterUnblock                                 -xf U +++ +++++ uuu
rosterBlockedList                             -xf 0 000 00000 uuu
rosterMayMessage: for himself                 -xf 0 0+0 00000 uuu
rosterMayMessage: for the target              -xf p ppp ppppp uuu
userRosters                                   -xf 0 0+0 00000 uuu
userOnline                                    -xf + +++ +++++ uuu

# Messages and conversations
messageSend: to a user                        -xf U S+B SSSSS ++U
messageSend: to a group                       -xf G MMM M+N++ ++G
messageSend: in the name of the owner         -xf p ppp pppp+ ++U
# Reading is one's own matter, also where one is not any more; the app itself reads nothing.
messageSend: that it was read                 -xf G MMM +++++ iii
messageSend: that it is recalled              -xf G MMM M++++ ++G
messageSend: what replaces it                 -xf G MMM M+N++ eeG
messageSend: what replaces the owner's        -xf G MMM MeNe+ eeG
messageNotify: to a user                      -xf p ppp ppppp ++U
messageNotify: to a group                     -xf p ppp ppppp ++G
messageBroadcast                              -xf p ppp ppppp +++
messageRecall: of the owner's words           -xf c MMM Mrr++ ++U
messageRecall: of the caller's words          -xf c MMM M++++ ++U
messageRecall: of the target's words          -xf c crB ccccc mmU
messageRecall: of words to the target         -xf c c+B ccccc mmU
messageAck: in the group                      -xf c MMM +++++ uuu
messageAck: with the target                   -xf c c++ ccccc uuu
messageHistory: of the group                  -xf c MMM M++++ uuu
messageHistory: with the target               -xf c 0++ 00000 uuu
messageHistory: of others                     -xf c 000 00000 uuu
messageUnread                                 -xf 0 000 0++++ uuu
conversationDelete                            -xf c ccc +++++ uuu
conversationPin                               -xf c ccc M++++ uuu
conversationUnpin                             -xf c ccc +++++ uuu
conversationPinned                            -xf + +++ +++++ uuu
conversationDraft                             -xf c ccc M++++ uuu
conversationTouch: of the group               -xf c ccc M++++ uuu
conversationTouch: with the target            -xf c +++ +++++ uuu

# Groups
groupCreate                                   -xf + +++ +++++ uuu
groupsJoined                                  -xf 0 000 0++++ uuu
groupsPublic                                  -xf 0 000 00000 uuu
groupInfo                                     -xf G +++ +++++ uuu
groupSettings                                 -xf G +++ +++++ uuu
groupInfoBatch                                -xf 0 +++ +++++ uuu
groupDestroy                                  -xf G MMM MOOO+ uuu
groupName                                     -xf G MMM MAA++ uuu
groupDescription                              -xf G MMM MAA++ uuu
groupAvatar                                   -xf G MMM MAA++ uuu
groupExt                                      -xf G MMM MAA++ uuu
groupDisplayName                              -xf G MMM M++++ uuu
groupMembers                                  -xf G MMM M++++ uuu
groupDisplayNames                             -xf G MMM M++++ uuu
groupAdmins                                   -xf G MMM M++++ uuu
groupAdminAdd                                 -xf G MMM MOOO+ uuu
groupAdminRemove                              -xf G MMM MOOO+ uuu
groupTransfer                                 -xf G MMM MOOO+ uuu
groupApply                                    -xf G +++ +jjjj uuu
groupApplications                             -xf 0 000 000++ uuu
groupApplyHandle                              -xf G MMM MAA++ uuu
groupInvite                                   -xf G MMM M++++ uuu
groupInvitations                              -xf 0 +++ +0000 uuu
groupInviteHandle: of the caller              -xf G +++ +vvvv uuu
groupInviteHandle: of somebody else           -xf G vvv vvvvv uuu
groupLeave                                    -xf G MMM M+++o uuu
groupKick                                     -xf G MMM MAA++ uuu
groupKick: of the owner                       -xf G MMM MAA%% uuu
groupBlock                                    -xf G MMM MAA++ uuu
groupUnblock                                  -xf G MMM MAA++ uuu
groupBlocked                                  -xf G MMM MAA++ uuu
groupBan                                      -xf G MMM MAA++ uuu
groupUnban                                    -xf G MMM MAA++ uuu
groupUnban: of the caller                     -xf G MMM MAA%% uuu
groupBanned                                   -xf G MMM M++++ uuu
groupBanAll                                   -xf G MMM MAA++ uuu
groupUnbanAll                                 -xf G MMM MAA++ uuu
groupAllowInvitation                          -xf G MMM MAA++ uuu
groupAllowModify                              -xf G MMM MAA++ uuu
groupReadAck                                  -xf G MMM MAA++ uuu
groupHistoryVisible                           -xf G MMM MAA++ uuu
groupHideMemberInfo                           -xf G MMM MAA++ uuu
groupApproval                                 -xf G MMM MAA++ uuu
groupMuteMode                                 -xf G MMM M++++ uuu
groupPushMode                                 -xf G MMM M++++ uuu
groupNotDisturb                               -xf G MMM M++++ uuu
groupAnnouncements                            -xf G MMM M++++ uuu
groupAnnouncement                             -xf G MMM M++++ uuu
groupAnnouncementLast                         -xf G MMM M++++ uuu
groupAnnounce                                 -xf G MMM MAA++ uuu
groupAnnouncementDelete                       -xf G MMM MAA++ uuu
groupFiles                                    -xf G MMM M++++ uuu
groupFile                                     -xf G MMM M++++ uuu
groupFileShare                                -xf G MMM M++++ uuu
groupFileRename: of the owner's               -xf G MMM Mhh++ uuu
groupFileDelete: of the owner's               -xf G MMM M%%++ uuu
groupCode                                     -xf G MMM M++++ uuu
groupCodeJoin                                 -xf G +++ +jjjj uuu
appGroupCode                                  -xf G MMM M++++ uuu
appGroupCodeJoin                              -xf G +++ +jjjj uuu

# Files
fileUploadChat: to the group                  -xf G MMM M+N++ uuu
fileUploadChat: shared with the group         -xf G MMM M++++ uuu
fileUploadChat: to the target                 -xf U S+B SSSSS uuu
fileUploadAvatar                              -xf + +++ +++++ uuu
fileUploadGroupAvatar                         -xf G MMM MAA++ uuu
fileUpload: to the group                      wxw w www M+N++ www
fileUpload: of an avatar                      +x+ + +++ +++++ +++
fileResumable: to the group                   wxw w www M+N++ www
# What has arrived whole is the caller's own.
fileFinish: to the group                      wxw w www +++++ www
fileForward: in the group                     -xf G MMM M+N++ uuu
fileForward: to the target                    -xf U SkB SSSSS uuu
fileLink                                      -xf K kkk k++++ uuu
storeToken                                    -xf + +++ +++++ uuu
fileDownloadChat: by token                    -xf K kkk k++++ uuu
fileDownloadChat: by the credential of files  kxf K kkk k++++ kkK
fileDownloadChat: by a signed link            +x+ + +++ +++++ +++
fileDownloadAvatar                            -xf K +++ +++++ uuu

# Services, the operator, handing on, mobile numbers, WeChat
userList                                      -xf p ppp ppppp +++
userDisable                                   -xf p ppp ppppp ++U
userEnable                                    -xf p ppp ppppp ++U
userRegisterBatch                             -xf p ppp ppppp +++
userProfileBatch                              -xf p ppp ppppp ++%
userAvatarBatch                               -xf p ppp ppppp ++%
userChangePasswordAdmin                       -xf p ppp ppppp ++U
userAddRoster                                 -xf p ppp ppppp ++U
linkCreate                                    -xf p ppp ppppp ++U
linkList                                      -xf p ppp ppppp ++0
linkDelete                                    -xf p ppp ppppp ++L
linkInfo                                      +++ + +++ +++++ +++
secretLeave                                   -xf + +++ +++++ uuu
secretTake                                    +qq + +++ +++++ +++
operatorApps                                  -xp p ppp ppppp p+p
operatorAppCreate                             -xp p ppp ppppp p+p
operatorAppUpdate                             -xp p ppp ppppp p+p
operatorAppToken                              -xp p ppp ppppp p+p
operatorAppTokensEnd                          -xp p ppp ppppp p+p
operatorAppMoved                              -xp p ppp ppppp p+p
captchaCreate                                 +++ + +++ +++++ +++
captchaImage                                  +++ + +++ +++++ +++
smsCodeForPicture                             PPP P PPP PPPPP PPP
smsCode                                       +++ + +++ +++++ +++
mobileLogin                                   +++ + +++ +++++ +++
mobileBind                                    -xf + +++ +++++ uuu
mobileBindWithSign                            -xf + +++ +++++ uuu
mobileUpdate                                  -xf + +++ +++++ uuu
mobilePrechangeByPassword                     -xf + +++ +++++ uuu
# By a number that is not the caller's.
mobilePrechangeByMobile                       -xf p ppp ppppp uuu
mobileChange                                  -xf + +++ +++++ uuu
userVerification                              -xf + +++ +++++ uuu
userVerificationByMobile                      -xf + +++ +++++ uuu
weChatUrlLink                                 -xf + +++ +++++ uuu
officialAccountCode                           +++ + +++ +++++ +++
officialAccountScan                           +++ + +++ +++++ +++
officialAccountLogin                          +++ + +++ +++++ +++
weChatLogin                                   +++ + +++ +++++ +++
officialAccountBound                          -xf t ttt ttttt uuu
weChatBound                                   -xf t ttt ttttt uuu
weChatBind                                    -xf + +++ +++++ uuu
userBindOpenId                                -xf + +++ +++++ uuu
weChatUnbind                                  -xf + +++ +++++ uuu
`;

/**
 * The same for frames. There are no services here; and nobody names an app, so that the third, the token of another app, is that
 * of the fourth.
 */
const frameCells = `
                                                  nobody, ended, foreign
                                                  |   otherApp
                                                  |   | stranger, friend, blocked
                                                  |   | |   former, member, banned, admin, owner
                                                  |   | |   |     service, operator, otherService
command PROVISION                                 -x+ + +++ +++++ xxx
command UNREAD                                    lx+ + +++ +++++ xxx
command NOTICE                                    lx+ + +++ +++++ xxx
command SYNC: pull of the group                   lx0 0 000 0++++ xxx
command SYNC: pull of what the target said        lx0 0 0++ 00000 xxx
command SYNC: history of the group                lxc c MMM M++++ xxx
command SYNC: history with the target             lxc c 0++ 00000 xxx
command SYNC: acknowledgement in the group        lxc c ccc +++++ xxx
command SYNC: acknowledgement to the target       lxc c c++ ccccc xxx
namespace MESSAGE: to the target                  lxU U S+B SSSSS xxx
namespace MESSAGE: to the group                   lxG G MMM M+N++ xxx
namespace MESSAGE: typing to the target           lx. . .+. ..... xxx
operation READ_ACK: in the group                  lxc c MMM +++++ xxx
operation READ_ACK: with the target               lxc c c++ ccccc xxx
operation READ_ALL: in the group                  lxc c ccc +++++ xxx
operation READ_ALL: with the target               lxc c c++ ccccc xxx
operation READ_CANCEL: in the group               lxc c ccc m+++y xxx
operation READ_CANCEL: with the target            lxc c c++ ccccc xxx
operation DELETE: in the group                    lxc c ccc m++++ xxx
operation DELETE: with the target                 lxc c c++ ccccc xxx
operation RECALL: of the owner's words            lxc c MMM Mrr++ xxx
operation RECALL: of own words to the group       lxc c MMM M++++ xxx
operation RECALL: of the target's words           lxc c crB ccccc xxx
operation RECALL: of own words to the target      lxc c c+B ccccc xxx
operation PLAY_ACK: of the target's words         lxc c c+B ccccc xxx
operation APPEND: to the owner's words            lxc c MMM MeNe+ xxx
operation APPEND: to own words to the group       lxc c MMM M+N++ xxx
operation APPEND: to the target's words           lxc c ceB ccccc xxx
operation REPLACE: of the owner's words           lxc c MMM MeNe+ xxx
operation REPLACE: of own words to the group      lxc c MMM M+N++ xxx
operation REPLACE: of own words to the target     lxc c c+B ccccc xxx
conversation DELETE: of the group                 lxc c ccc +++++ xxx
namespace CONVERSATION: deletion with the target  lxc c c++ ccccc xxx
conversation DELETE_EVERYWHERE: of the group      lxc c ccc +++++ xxx
`;

/** A line of a table: what is called, two spaces or more, and the cells. */
const line = /^(\S.*?) {2,}(\S{3} \S \S{3} \S{5} \S{3})$/gm;

function read(text: string): ReadonlyMap<string, ReadonlyMap<Role, string>> {
  return new Map([...text.matchAll(line)].map(([, name = '', cells = '']) => [name, readCells(cells)]));
}

/** By the name of the endpoint and what the call is about. */
export const cellsOfEndpoints = read(endpointCells);
/** By the kind of the frame and what it is about. */
export const cellsOfFrames = read(frameCells);

/** The line of a table that is about this. */
export function cellsOf(cells: typeof cellsOfEndpoints, name: string, about?: string): ReadonlyMap<Role, string> {
  const found = cells.get(about ? `${name}: ${about}` : name);
  if (!found) throw new Error(`the table says nothing of ${name} ${about ?? ''}`);
  return found;
}
