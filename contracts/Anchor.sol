// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// Keeps the state of one Charla's log where its operator cannot change it any more: at so many
/// entries the log had this root. Nothing here says whose entries they are, or what they say.
contract Anchor {
    address public immutable operator;
    /// Entries in the log when it was anchored last.
    uint64 public size;
    /// Root of the log (RFC 6962) at each anchored size.
    mapping(uint64 => bytes32) public rootAt;

    event Anchored(uint64 indexed size, bytes32 root, bytes32 zkRoot, bytes32 noteHash);

    error NotOperator();
    error NotLarger(uint64 anchored);

    constructor() {
        operator = msg.sender;
    }

    /// @param zkRoot root of the group whose members can prove membership; zero if there is none
    /// @param noteHash SHA-256 of the signed checkpoint
    function anchor(uint64 newSize, bytes32 root, bytes32 zkRoot, bytes32 noteHash) external {
        if (msg.sender != operator) revert NotOperator();
        if (newSize <= size) revert NotLarger(size);
        size = newSize;
        rootAt[newSize] = root;
        emit Anchored(newSize, root, zkRoot, noteHash);
    }

    /// Whether an entry is in the log that was anchored at `treeSize` (RFC 9162, section 2.1.3.2).
    /// @param leafHash SHA-256(0x00 || entry)
    function verifyInclusion(
        bytes32 leafHash,
        uint64 index,
        uint64 treeSize,
        bytes32[] calldata proof
    ) external view returns (bool) {
        bytes32 root = rootAt[treeSize];
        if (root == 0 || index >= treeSize) return false;
        uint64 node = index;
        uint64 last = treeSize - 1;
        bytes32 hash = leafHash;
        for (uint256 i = 0; i < proof.length; i++) {
            if (last == 0) return false;
            if (node & 1 == 1 || node == last) {
                hash = sha256(abi.encodePacked(uint8(1), proof[i], hash));
                for (; node & 1 == 0 && node != 0; node >>= 1) last >>= 1;
            } else {
                hash = sha256(abi.encodePacked(uint8(1), hash, proof[i]));
            }
            node >>= 1;
            last >>= 1;
        }
        return last == 0 && hash == root;
    }
}
