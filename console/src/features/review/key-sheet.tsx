/** Key sheet: what each key does, and a switch for those who would rather have none. */
import { Kbd, Modal, Switch, Table, Text } from '@mantine/core'
import { useState } from 'react'
import { KEY_WORDS, keysAreOn, switchKeys } from './keys.ts'

export function KeySheet({ isOpen, close }: { readonly isOpen: boolean; readonly close: () => void }) {
  const [isOn, setOn] = useState(keysAreOn)
  return (
    <Modal opened={isOpen} onClose={close} title="Keys" size="lg" centered>
      <Text size="sm" mb="sm">
        No single key gives a grade: a digit drafts it, and Enter gives it. Everything has a button too.
      </Text>
      <Table verticalSpacing={6}>
        <Table.Tbody>
          {KEY_WORDS.map(([keys, words]) => (
            <Table.Tr key={keys}>
              <Table.Td w={150}>
                <Kbd>{keys}</Kbd>
              </Table.Td>
              <Table.Td>{words}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Switch
        mt="md"
        label="Single keys do something"
        description="Esc always hides everything."
        checked={isOn}
        onChange={({ currentTarget: { checked } }) => {
          switchKeys(checked)
          setOn(checked)
        }}
      />
    </Modal>
  )
}
