import type { composerTexts as en } from '../en/composer.ts';

export const composerTexts: Record<keyof typeof en, string> = {
  'composer.label': '发给 {name} 的消息',
  'composer.placeholder': '输入消息',
  'composer.send': '发送',
  'composer.charsLeft': '大约还能输入 {n} 个字',
  'composer.charsOver': '超出单条消息的长度，约多 {n} 个字',

  'suggest.list': '候选列表',
  'suggest.found': '{n} 个候选，按上下方向键选择，按回车键确认',

  'mention.everybody': '所有人',
  'mention.everybodyNote': '全体群成员',

  'emoji.open': '表情',
  'emoji.failed': '表情加载失败，请在联网后重试。',

  'quote.answering': '回复 {name}',
  'quote.drop': '取消回复',

  'format.use': '使用 Markdown 格式',
  'format.stop': '使用纯文本',
  'format.bar': '格式',
  'format.bold': '粗体',
  'format.italic': '斜体',
  'format.code': '代码',
  'format.preview': '预览',
  'format.note': 'Markdown 格式',

  'place.send': '位置',
  'place.title': '发送你的位置？',
  'place.text': '此会话中的所有人都会看到。',
  'place.textTo': '{name} 会看到你的位置。',
  'place.at': '{latitude}，{longitude}',
  'place.accuracy': '精确到约 {metres} 米',
  'place.name': '地点名称（选填）',
  'place.nameTooLong': '最多 {n} 个字。',
  'place.finding': '正在获取你的位置',
  'place.act': '发送位置',
  'place.insecure': '浏览器只向安全页面提供位置，请用 https 打开本页。',
  'place.unsupported': '此浏览器无法获取位置。',
  'place.refused': '位置权限被禁用，请在浏览器中允许本页使用，然后重试。',
  'place.unavailable': '设备未能获取位置，请到信号较好的地方重试。',
  'place.timeout': '获取位置超时，请重试。',

  'voice.recordHint': '点按录制语音，或按住说话',
  'voice.holdHint': '左滑取消',
  'voice.holdCancel': '松开即放弃',
};
